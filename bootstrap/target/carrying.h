#pragma once

#include <string>

#include "bootstrap/packages/package_plan.h"
#include "bootstrap/packages/package_session.h"
#include "bootstrap/packages/present_packages.h"

namespace ensure::bootstrap {

/// The environment and the Python that it gets, as error messages name them.
struct CarriedTarget {
  std::string environment;  ///< its path
  std::string python;       ///< the new version
};

/// Plans the packages of `present.carried` for another Python, together with the request. If they
/// cannot be installed, throws `Error` (`kFileSystem`) that lists the packages that would be lost.
/// If the request alone fails, or the index does not answer, throws that error unchanged.
[[nodiscard]] PackagePlan plan_carrying(PackageSession& packages, const InstalledPackages& present,
                                        const CarriedTarget& target);

}  // namespace ensure::bootstrap
