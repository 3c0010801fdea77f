#pragma once

#include <filesystem>
#include <vector>

#include "installer/install/distribution.h"
#include "installer/install/unowned_files.h"
#include "venv/environment.h"
#include "venv/environment_reader.h"

namespace ensure::bootstrap {

/// What a change of `environment` may replace: files of installed packages, `parts` of the
/// environment itself, and what is left of a pip. `removed` are the packages that the change
/// removes or replaces.
[[nodiscard]] install::ReplaceableFiles replaceable_in(
    const venv::ExistingEnvironment& environment, const std::vector<venv::EnvironmentPart>& parts,
    const std::vector<install::Distribution>& removed);

/// The same for the packages in `libraries`, directories such as site-packages, with their commands
/// in `scripts`. Packages of another Python beside the first of them count, too: they may own
/// commands there.
[[nodiscard]] install::ReplaceableFiles replaceable_in(
    const std::vector<std::filesystem::path>& libraries, const std::filesystem::path& scripts,
    const std::vector<install::Distribution>& removed);

}  // namespace ensure::bootstrap
