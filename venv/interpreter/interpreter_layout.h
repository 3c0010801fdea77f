#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "installer/base/path.h"

namespace ensure::venv {

/// Where a CPython that is installed in the usual way finds its library: the result of CPython's
/// Modules/getpath.py.
struct InterpreterLayout {
  std::uint32_t minor = 0;
  bool free_threaded = false;
  base::Path prefix;
  std::string platlibdir;
  std::string library_name;
};

/// Reads the layout around `executable`, an absolute path to an ELF executable. Returns nullopt if
/// anything is unusual (a wrapper, a build directory, a zipped or compiled library, an odd name, a
/// debug build, two libraries), so that the interpreter must be asked.
[[nodiscard]] std::optional<InterpreterLayout> read_regular_layout(const base::Path& executable);

/// The environment that `executable` belongs to (PEP 405).
[[nodiscard]] std::optional<base::Path> environment_of(const base::Path& executable);

/// The executable of the Python that an environment was made from if `executable` (an absolute
/// path) belongs to one, through any number of environments; else `executable` itself. Throws
/// `base::Error` (`kInterpreter`) if that base no longer exists.
[[nodiscard]] base::Path base_executable(const base::Path& executable);

}  // namespace ensure::venv
