#pragma once

#include <filesystem>
#include <vector>

#include "installer/install/distribution.h"

namespace ensure::install {

/// The files of a distribution that RECORD lists below `target`, links in their directories
/// resolved, without those below one of `left_out`: commands and data beside the library. Those
/// that lie outside of the target are left out, too.
[[nodiscard]] std::vector<std::filesystem::path> recorded_paths(
    const Distribution& distribution, const std::filesystem::path& target,
    const std::vector<std::filesystem::path>& left_out);

}  // namespace ensure::install
