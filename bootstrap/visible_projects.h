#pragma once

#include <string>

#include "installer/install/change_plan.h"
#include "installer/install/distribution.h"
#include "venv/interpreter.h"

namespace ensure::bootstrap {

/// The projects that an environment with `--system-site-packages` sees in the interpreter below it.
/// Those in the older form of `.egg-info`, as Debian's packages are, count as well: nobody wants to
/// remove them.
[[nodiscard]] install::InstalledProjects find_visible(const venv::Interpreter& interpreter);

/// What an installed project says of itself: its METADATA, or the PKG-INFO of the older form; empty
/// where there is none.
[[nodiscard]] std::string metadata_text(const install::Distribution& distribution);

}  // namespace ensure::bootstrap
