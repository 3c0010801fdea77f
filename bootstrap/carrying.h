#pragma once

#include <string>

#include "bootstrap/package_plan.h"
#include "bootstrap/package_session.h"
#include "bootstrap/present_packages.h"

namespace ensure::bootstrap {

/// The packages that block the upgrade, as error messages list them.
struct CarriedTarget {
  std::string environment;  ///< its path
  std::string python;       ///< the version that it would get
};

/// Plans what `present.carried` holds for another Python, with what the request asks for. Throws
/// `Error` (`kFileSystem`) that lists what would go where that cannot come along. What fails for
/// the request alone too, and an index that does not answer, are the errors that they are.
[[nodiscard]] PackagePlan plan_carrying(PackageSession& packages, const PresentPackages& present,
                                        const CarriedTarget& target);

}  // namespace ensure::bootstrap
