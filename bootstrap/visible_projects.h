#pragma once

#include "installer/install/change_plan.h"
#include "venv/interpreter.h"

namespace ensure::bootstrap {

/// The projects that an environment with `--system-site-packages` sees in the interpreter below it.
[[nodiscard]] install::InstalledProjects find_visible(const venv::Interpreter& interpreter);

}  // namespace ensure::bootstrap
