#pragma once

#include <vector>

#include "bootstrap/request.h"
#include "installer/base/path.h"
#include "installer/install/installed/change_plan.h"

namespace ensure::bootstrap {

/// The packages of a target, by name.
struct InstalledList {
  base::Path path;
  std::vector<install::InstalledProject> projects;
};

/// Reads the packages of each target of the request (`ensure list`). Changes nothing. Throws
/// `Error` (`kFileSystem`) for a path that is not an environment, and `kInterpreter` without a
/// usable interpreter.
[[nodiscard]] std::vector<InstalledList> list_installed(const Request& request);

}  // namespace ensure::bootstrap
