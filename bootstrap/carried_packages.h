#pragma once

#include <string>
#include <vector>

#include "bootstrap/wanted_packages.h"
#include "installer/install/change_plan.h"
#include "installer/install/distribution.h"
#include "installer/resolve/problem.h"
#include "installer/specs/marker_environment.h"
#include "installer/specs/package_name.h"
#include "installer/specs/requirement.h"

namespace ensure::bootstrap {

/// A package that cannot come along.
struct LeftPackage {
  specs::PackageName name;
  std::string reason;  ///< goes on where its name ends: "is installed in editable form"
};

/// What comes along from the packages of an environment when it gets another Python: all that was
/// requested, in the same versions where those can be had for that Python.
struct CarriedPackages {
  std::vector<specs::Requirement> requirements;
  std::vector<WantedFile> files;              ///< that were named by URL or path
  std::vector<resolve::Preference> versions;  ///< of all that is installed
  std::vector<LeftPackage> left;
  std::vector<install::Distribution> installed;  ///< all that goes with the old Python, but pip

  [[nodiscard]] bool empty() const { return requirements.empty() && files.empty() && left.empty(); }
};

/// Decides what is to come along. The pip, setuptools and wheel that nobody requested are what the
/// tool that made the environment has put in; they do not come along.
[[nodiscard]] CarriedPackages find_carried(const install::InstalledProjects& projects,
                                           const specs::MarkerEnvironment& environment);

}  // namespace ensure::bootstrap
