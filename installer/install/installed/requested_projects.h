#pragma once

#include <vector>

#include "installer/install/installed/change_plan.h"
#include "installer/specs/requirements/marker_environment.h"
#include "installer/specs/requirements/package_name.h"

namespace ensure::install {

/// An installed project that a user asked for. The other ones are dependencies.
struct RequestedProject {
  InstalledProject project;
  /// The extras that the user probably asked for; no installer records them. An extra counts if all
  /// its requirements are met and nothing else needs one of the projects that it requires.
  std::vector<specs::PackageName> extras;
};

/// Finds the projects that a user asked for. These are the projects with a REQUESTED file, the ones
/// installed from a URL, and all projects of an installer that is not known to write REQUESTED.
/// Requirements whose markers do not hold in `environment` are ignored.
[[nodiscard]] std::vector<RequestedProject> find_requested(
    const std::vector<InstalledProject>& projects, const specs::MarkerEnvironment& environment);

}  // namespace ensure::install
