#pragma once

#include <string>
#include <utility>
#include <vector>

#include "installer/base/path.h"
#include "installer/install/installed/distribution.h"

namespace ensure::install {

/// What a target consists of besides the projects that are installed in it. Paths are logical: as
/// the target's own Python sees them.
struct TargetPaths {
  std::string owner;              ///< for messages: "the environment"
  std::vector<base::Path> files;  ///< no wheel may put a file or folder there
  /// Links to folders: what is put into the first one gets into the second one.
  std::vector<std::pair<base::Path, base::Path>> links;
  std::vector<Distribution> staged;  ///< what this run installs without a plan: its pip
};

}  // namespace ensure::install
