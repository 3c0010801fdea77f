#pragma once

#include <vector>

#include "bootstrap/packages/package_request.h"
#include "bootstrap/packages/wanted_packages.h"
#include "installer/index/candidates/index_provider.h"
#include "installer/specs/locks/lock_selection.h"

namespace ensure::bootstrap {

/// The files that a lock names for a target (PEP 751, "Installation"): nothing is resolved, and
/// every digest of the lock has to be right. Throws `Error`: exit code 4 where the lock is not for
/// this target, and `kUsage` for what has no digest that can be checked, is neither a wheel nor a
/// source distribution, or is one that `request` does not allow to build.
[[nodiscard]] std::vector<index::ChosenFile> locked_files(const WantedLock& wanted,
                                                          const specs::TargetPython& target,
                                                          const PackageRequest& request);

}  // namespace ensure::bootstrap
