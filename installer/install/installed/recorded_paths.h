#pragma once

#include <vector>

#include "installer/base/path.h"
#include "installer/install/installed/distribution.h"

namespace ensure::install {

/// The files below `target` that the RECORD of a distribution lists, except those at or below one
/// of `left_out`: its commands and data beside the library. Links in their directories are
/// resolved; files outside of the target are left out.
[[nodiscard]] std::vector<base::Path> recorded_paths(const Distribution& distribution,
                                                     const base::Path& target,
                                                     const std::vector<base::Path>& left_out);

}  // namespace ensure::install
