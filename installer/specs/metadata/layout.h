#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "installer/base/path.h"

namespace ensure::specs {

/// The directories of an install scheme (`sysconfig.get_paths`): absolute, as the target's own
/// Python sees them, without a staging or root directory in front.
struct Scheme {
  base::TargetPath purelib;
  base::TargetPath platlib;
  base::TargetPath scripts;
  base::TargetPath data;
  base::TargetPath headers;  ///< each project has a directory of its name below
};

/// The properties of a Python that the installation of a wheel depends on.
struct Layout {
  Scheme scheme;
  std::string executable;  ///< the interpreter in the first line of scripts, as the target sees it
  std::string implementation = "cpython";  ///< `sys.implementation.name`
  std::uint32_t python_major = 3;
  std::uint32_t python_minor = 0;
  std::string cache_tag;     ///< `sys.implementation.cache_tag`, such as "cpython-312"
  bool windows = false;      ///< scripts are launchers, directories are those of Windows
  bool relocatable = false;  ///< scripts find their interpreter beside themselves
};

/// Whether a file of this name in the directory of the scripts is the interpreter: "python3.12",
/// "pypy", "pythonw"; on Windows in any case and with ".exe".
[[nodiscard]] bool is_interpreter_name(std::string_view name, bool windows);

/// The reason why Windows creates no file at this relative path, or one with another name ("Naming
/// Files, Paths, and Namespaces" of its documentation); completes "`path` ...". Empty for a path
/// that Windows keeps as it is.
[[nodiscard]] std::string_view windows_path_problem(std::string_view path);

/// Two of these relative paths that Windows cannot keep apart, because they differ only by the case
/// of ASCII letters, or because a file has the name of a directory.
[[nodiscard]] std::optional<std::pair<std::string, std::string>> windows_collision(
    const std::vector<std::string>& paths);

}  // namespace ensure::specs
