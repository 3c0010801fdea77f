#pragma once

#include <string>
#include <vector>

#include "venv/environment/environment.h"
#include "venv/interpreter/interpreter.h"

namespace ensure::venv {

/// The names that an environment's `bin` gives the interpreter, the one it was found under first.
[[nodiscard]] std::vector<std::string> executable_names(const Interpreter& interpreter);

/// Adds the interpreter under all its names: a link to it and links to that one, or copies. A
/// PyPy that carries its libraries with it is copied together with these.
void add_executables(std::vector<EnvironmentPart>& parts, const Interpreter& interpreter,
                     bool copies);

}  // namespace ensure::venv
