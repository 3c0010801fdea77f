#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "installer/base/path.h"

namespace ensure::specs {

/// The folders of an install scheme (`sysconfig.get_paths`), absolute, as the target's own Python
/// sees them: a staging or root folder in front of them is no part of it.
struct Scheme {
  base::Path purelib;
  base::Path platlib;
  base::Path scripts;
  base::Path data;
  base::Path headers;  ///< the headers of a project go into a folder of its name below
};

/// All that installing a wheel needs to know of the Python it is installed for; neither an
/// interpreter nor an environment.
struct Layout {
  Scheme scheme;
  std::string executable;  ///< what scripts name in their first line, as the target sees it
  std::string implementation = "cpython";  ///< `sys.implementation.name`
  std::uint32_t python_major = 3;
  std::uint32_t python_minor = 0;
  std::string cache_tag;     ///< `sys.implementation.cache_tag`, such as "cpython-312"
  bool windows = false;      ///< scripts are launchers, folders are Windows' own
  bool relocatable = false;  ///< scripts find their interpreter beside themselves
};

/// Whether a file of this name in the directory of the scripts is the interpreter: "python3.12",
/// "pypy", "pythonw"; on Windows in any case and with ".exe".
[[nodiscard]] bool is_interpreter_name(std::string_view name, bool windows);

}  // namespace ensure::specs
