#pragma once

#include "installer/base/path.h"
#include "venv/environment/environment.h"
#include "venv/interpreter/interpreter.h"
#include "venv/interpreter/pyvenv_cfg.h"

namespace ensure::venv {

/// The `pyvenv.cfg` that `python -m venv` of that interpreter writes: same keys, order and values.
/// A relocatable environment has no lines but those that Python itself needs, and the prompt.
///
/// Throws `base::Error` with `kInterpreter` where pyvenv.cfg cannot name the interpreter.
[[nodiscard]] PyvenvCfg environment_cfg(const base::Path& final_path,
                                        const Interpreter& interpreter,
                                        const EnvironmentOptions& options);

}  // namespace ensure::venv
