#pragma once

#include <filesystem>
#include <vector>

#include "installer/install/installed/distribution.h"

namespace ensure::install {

/// The files below `target` that the RECORD of a distribution lists, except those at or below one
/// of `left_out`: its commands and data beside the library. Links in their directories are
/// resolved; files outside of the target are left out.
[[nodiscard]] std::vector<std::filesystem::path> recorded_paths(
    const Distribution& distribution, const std::filesystem::path& target,
    const std::vector<std::filesystem::path>& left_out);

}  // namespace ensure::install
