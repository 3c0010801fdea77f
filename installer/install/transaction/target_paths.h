#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "installer/install/installed/distribution.h"

namespace ensure::install {

/// What a target consists of besides the projects that are installed in it. Paths are logical: as
/// the target's own Python sees them.
struct TargetPaths {
  std::string owner;                         ///< for messages: "the environment"
  std::vector<std::filesystem::path> files;  ///< no wheel may put a file or directory there
  /// Links to directories: what is put into the first one gets into the second one.
  std::vector<std::pair<std::filesystem::path, std::filesystem::path>> links;
  std::vector<Distribution> staged;  ///< what this run installs without a plan: its pip
};

}  // namespace ensure::install
