#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bootstrap/packages/carried_packages.h"
#include "bootstrap/request.h"
#include "bootstrap/result.h"
#include "installer/base/path.h"
#include "installer/index/candidates/index_provider.h"
#include "installer/install/installed/change_plan.h"
#include "installer/install/installed/installed_requirements.h"
#include "installer/resolve/problem.h"
#include "installer/specs/requirements/marker.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/versions/version.h"
#include "venv/interpreter/interpreter.h"

namespace ensure::bootstrap {

/// The packages of a target before the change.
struct InstalledPackages {
  install::InstalledProjects own;
  /// Packages of the interpreter that `--system-site-packages` shows: they meet requirements, and
  /// are never changed.
  install::InstalledProjects system_site_packages;
  std::optional<specs::Version> pip;  ///< the pip that stays, or that the run installs
  CarriedPackages carried;            ///< of another Python, to install again
};

/// The packages of an interpreter that `--system-site-packages` shows to an environment. Packages
/// in the older `.egg-info` form, as Debian has them, count too. `on_this_machine` maps the paths
/// of an interpreter in a root.
[[nodiscard]] install::InstalledProjects find_system_site_packages(
    const venv::Interpreter& interpreter,
    const std::function<base::Path(const base::Path&)>& on_this_machine);

/// The project of that name; null if it is not installed.
[[nodiscard]] const install::InstalledProject* find_project(
    const install::InstalledProjects& projects, const specs::PackageName& name);

/// Gives the provider the metadata of the installed versions that `preferences` names, so that
/// nothing is fetched for them.
void add_installed(index::IndexProvider& provider, const InstalledPackages& installed,
                   const std::vector<resolve::Preference>& preferences);

/// Likewise for a pip that is not installed yet. It requires nothing.
void add_pip(index::IndexProvider& provider, const specs::PackageName& name,
             const specs::Version& version);

/// Finds the requirements of installed packages that a choice of versions would break. Reads their
/// METADATA once, and only for a choice that changes something.
class BrokenRequirements {
 public:
  /// `installed` must outlive this, and so must `request`, which tells what is removed (`--sync`,
  /// `--remove`).
  BrokenRequirements(const InstalledPackages& installed,
                     const specs::MarkerEnvironment& environment, const PackageRequest& request)
      : packages_(installed), environment_(environment), request_(request) {}

  struct Choice {
    specs::PackageName name;
    specs::Version version;
  };
  struct Found {
    std::vector<install::Conflict> installed;
    /// Conflicts of packages that `--system-site-packages` shows. No run changes these packages, so
    /// their conflicts only cause warnings.
    std::vector<install::Conflict> system_site_packages;
    /// Installed packages that stay and require extras of a package that changes.
    std::vector<install::Distribution> asking_for_extras;
  };
  [[nodiscard]] Found find(const std::vector<Choice>& choices);

  /// Adds the projects whose requirements are or may be broken to `staying`, which bounds the next
  /// choice. Returns whether it has added any.
  bool add_staying(const Found& found, std::vector<resolve::StayingProject>& staying) const;

 private:
  [[nodiscard]] bool is_removed(const specs::PackageName& name) const;

  const InstalledPackages& packages_;
  const specs::MarkerEnvironment& environment_;
  const PackageRequest& request_;
  install::InstalledVersions before_;
  std::optional<install::InstalledRequirements> installed_;
  std::optional<install::InstalledRequirements> system_site_packages_;
};

/// For messages: "`pandas` 2.3.0 is installed and requires `numpy>=2`, but gets `numpy` 1.26.0".
[[nodiscard]] std::string describe(const install::Conflict& conflict);

[[nodiscard]] ConflictReport report_of(const install::Conflict& conflict);

}  // namespace ensure::bootstrap
