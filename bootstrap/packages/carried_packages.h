#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bootstrap/packages/requested_packages.h"
#include "installer/base/error.h"
#include "installer/install/installed/change_plan.h"
#include "installer/install/installed/distribution.h"
#include "installer/resolve/problem.h"
#include "installer/specs/requirements/marker.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/requirements/requirement.h"

namespace ensure::bootstrap {

/// A requested package that cannot be installed again.
struct LeftPackage {
  specs::PackageName name;
  std::string reason;  ///< continues a sentence after the name: "is installed in editable form"
};

/// The packages that `--upgrade` installs again for another Python: everything that was requested,
/// in the installed version if that Python has it.
struct CarriedPackages {
  std::vector<specs::Requirement> requirements;
  std::vector<RequestedFile> files;           ///< requested by URL or path
  std::vector<resolve::Preference> versions;  ///< of all installed packages
  std::vector<LeftPackage> left;
  std::vector<install::Distribution> installed;  ///< all packages of the old Python, without pip
  // For messages:
  std::string environment;  ///< its path
  std::string python;       ///< the new version

  [[nodiscard]] bool empty() const { return requirements.empty() && files.empty() && left.empty(); }

  /// Throws `Error` (`kFileSystem`) if a package cannot be installed again and the request does not
  /// name it.
  void refuse_left(const std::function<bool(const specs::PackageName&)>& is_requested) const;

  /// Throws `Error` (`kFileSystem`) if a lock, whose wheels are `locked`, misses a package.
  void refuse_missing(const std::vector<install::WantedWheel>& locked) const;

  /// The error (`kFileSystem`) that lists the packages that would be lost because of `cause`.
  [[nodiscard]] base::Error refusal_because(const base::Error& cause) const;
};

/// Chooses the packages to install again. It leaves out a pip, setuptools or wheel that was not
/// requested: the tool that created the environment installed them.
[[nodiscard]] CarriedPackages find_carried(const install::InstalledProjects& projects,
                                           const specs::MarkerEnvironment& environment);

}  // namespace ensure::bootstrap
