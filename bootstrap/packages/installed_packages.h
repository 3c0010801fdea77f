#pragma once

#include <optional>
#include <vector>

#include "bootstrap/packages/carried_packages.h"
#include "installer/index/candidates/index_provider.h"
#include "installer/install/installed/change_plan.h"
#include "installer/resolve/problem.h"
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
/// in the older `.egg-info` form, as Debian has them, count too.
[[nodiscard]] install::InstalledProjects find_system_site_packages(
    const venv::Interpreter& interpreter);

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

}  // namespace ensure::bootstrap
