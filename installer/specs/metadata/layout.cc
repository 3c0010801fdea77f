#include "installer/specs/metadata/layout.h"

#include "installer/base/text.h"

namespace ensure::specs {

bool is_interpreter_name(std::string_view name, bool windows) {
  if (name == "\U0001d70bthon") return true;  // a name that `venv` of Python 3.14 creates
  const std::string lowered = windows ? base::to_lower(name) : std::string(name);
  std::string_view rest = lowered;
  if (windows && rest.ends_with(".exe")) rest.remove_suffix(4);
  for (const std::string_view prefix : {"pythonw", "python", "pypy"}) {
    if (!rest.starts_with(prefix)) continue;
    rest.remove_prefix(prefix.size());
    if (rest.ends_with('t') || rest.ends_with('d')) rest.remove_suffix(1);
    return rest.find_first_not_of("0123456789.") == std::string_view::npos;
  }
  return false;
}

}  // namespace ensure::specs
