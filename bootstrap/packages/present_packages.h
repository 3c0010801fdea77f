#pragma once

#include <optional>

#include "bootstrap/packages/carried_packages.h"
#include "installer/install/installed/change_plan.h"
#include "installer/specs/versions/version.h"

namespace ensure::bootstrap {

/// What a target has when packages are chosen for it.
struct InstalledPackages {
  install::InstalledProjects installed;
  /// Those that it sees besides, in the interpreter below it: they need not be installed, and are
  /// left alone.
  install::InstalledProjects visible;
  std::optional<specs::Version> pip;  ///< the one that it gets or has
  CarriedPackages carried;            ///< those of another Python, to be installed again
};

}  // namespace ensure::bootstrap
