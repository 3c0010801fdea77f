#pragma once

#include <string>
#include <vector>

#include "installer/index/candidates/index_provider.h"
#include "installer/install/installed/change_plan.h"
#include "installer/install/installed/distribution.h"
#include "installer/resolve/problem.h"
#include "venv/interpreter/interpreter.h"

namespace ensure::bootstrap {

/// The projects that an environment with `--system-site-packages` sees in the interpreter below it.
/// Those in the older form of `.egg-info`, as Debian's packages are, count as well: nobody wants to
/// remove them.
[[nodiscard]] install::InstalledProjects find_system_site_packages(const venv::Interpreter& interpreter);

/// The project of that name; null where there is none.
[[nodiscard]] const install::InstalledProject* find_project(
    const install::InstalledProjects& projects, const specs::PackageName& name);

/// Tells the provider of those installed and visible versions that are preferred, so that nobody is
/// asked for what is there already.
void tell_installed(index::IndexProvider& provider, const install::InstalledProjects& installed,
                    const install::InstalledProjects& visible,
                    const std::vector<resolve::Preference>& preferences);

/// The same for the pip that is put in, which needs nothing else.
void tell_seed(index::IndexProvider& provider, const specs::PackageName& name,
               const specs::Version& version);

/// What an installed project says of itself: its METADATA, or the PKG-INFO of the older form; empty
/// where there is none.
[[nodiscard]] std::string metadata_text(const install::Distribution& distribution);

}  // namespace ensure::bootstrap
