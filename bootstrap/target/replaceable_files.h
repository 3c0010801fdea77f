#pragma once

#include <vector>

#include "installer/base/path.h"
#include "installer/install/installed/distribution.h"
#include "installer/install/installed/unowned_files.h"
#include "venv/environment/environment.h"
#include "venv/environment/environment_reader.h"

namespace ensure::bootstrap {

/// The files that a change of `environment` may replace: those of installed packages, `parts` of
/// the environment itself, and the remains of a broken pip. `removed` are the packages that the
/// change removes or replaces.
[[nodiscard]] install::ReplaceableFiles replaceable_in(
    const venv::ExistingEnvironment& environment, const std::vector<venv::EnvironmentPart>& parts,
    const std::vector<install::Distribution>& removed);

/// The files that a change of an interpreter may replace: those of the packages in `libraries`
/// (directories such as site-packages), whose commands are in `scripts`. Packages of another Python
/// beside the first library count too: they may own commands in `scripts`.
[[nodiscard]] install::ReplaceableFiles replaceable_in(
    const std::vector<base::Path>& libraries, const base::Path& scripts,
    const std::vector<install::Distribution>& removed);

}  // namespace ensure::bootstrap
