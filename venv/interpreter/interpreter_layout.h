#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "installer/base/path.h"

namespace ensure::venv {

/// Where a CPython that is installed in the usual way keeps its library: what the interpreter
/// itself works out when it starts (CPython's Modules/getpath.py).
struct InterpreterLayout {
  std::uint32_t minor = 0;
  bool free_threaded = false;
  base::Path prefix;
  base::Path exec_prefix;
  std::string platlibdir;
  std::string library_name;
  /// False where it may have been compiled for certain processors, and so may fail on others.
  bool for_any_processor = true;
};

/// The layout around `executable`, an absolute path to an ELF executable; none where anything is
/// unusual (a wrapper, a build folder, a zipped or compiled library, an odd name, a debug build,
/// two libraries), so that the interpreter must be asked.
[[nodiscard]] std::optional<InterpreterLayout> read_regular_layout(const base::Path& executable);

/// The folder of the environment that `executable` is in (PEP 405); none where it is in none.
[[nodiscard]] std::optional<base::Path> environment_of(const base::Path& executable);

/// The executable of the Python that an environment was made from, where `executable` (an
/// absolute path) is in one, of its base in turn, and so on; else `executable` itself.
/// Throws `base::Error` with `kInterpreter` where that base is no longer there.
[[nodiscard]] base::Path base_executable(const base::Path& executable);

}  // namespace ensure::venv
