#pragma once

#include <optional>

#include "installer/base/path.h"
#include "venv/interpreter/interpreter.h"

namespace ensure::venv {

/// Describes the CPython around `executable`, an absolute path, from its files, as CPython's
/// Modules/getpath.py would; its version is the first of its minor version. Returns nullopt if
/// anything is unusual (a wrapper, a build directory, a zipped or compiled library, an odd name, a
/// debug build, two libraries, an old version), so that the interpreter must be asked.
[[nodiscard]] std::optional<Interpreter> read_regular_layout(const base::Path& executable);

/// The environment that `executable` belongs to (PEP 405).
[[nodiscard]] std::optional<base::Path> environment_of(const base::Path& executable);

/// The executable of the Python that an environment was made from if `executable` (an absolute
/// path) belongs to one, through any number of environments; else `executable` itself. Throws
/// `base::Error` (`kInterpreter`) if that base no longer exists.
[[nodiscard]] base::Path base_executable(const base::Path& executable);

}  // namespace ensure::venv
