#pragma once

#include <vector>

#include "installer/install/change_plan.h"
#include "installer/specs/marker_environment.h"
#include "installer/specs/package_name.h"

namespace ensure::install {

/// A project that was asked for when it was installed.
struct RequestedProject {
  InstalledProject project;
  /// No installer records extras. Those count as asked for whose requirements are all installed,
  /// though nothing else needs some of them.
  std::vector<specs::PackageName> extras;
};

/// What was asked for among the projects of a target: what has a file REQUESTED or came from a URL,
/// and all of installers that are not known to write REQUESTED. `environment` decides which
/// requirements count.
[[nodiscard]] std::vector<RequestedProject> find_requested(
    const std::vector<InstalledProject>& projects, const specs::MarkerEnvironment& environment);

}  // namespace ensure::install
