#pragma once

#include <vector>

#include "installer/base/path.h"
#include "installer/install/installed/path_owners.h"
#include "venv/environment/environment.h"

namespace ensure::bootstrap {

/// What no wheel may have in an environment at `final_path`: its parts, but for folders, and what
/// is staged in `site_packages` before the wheels are.
[[nodiscard]] install::TargetPaths environment_paths(
    const base::Path& final_path, const std::vector<venv::EnvironmentPart>& parts,
    const base::Path& site_packages);

}  // namespace ensure::bootstrap
