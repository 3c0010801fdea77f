#include "bootstrap/commands/pip_command.h"

#include "installer/base/shell.h"

namespace ensure::bootstrap {

using base::shell_quoted;

std::string pip_command(const Request& request, const base::Path& python) {
  if (!request.environments.empty()) {
    return shell_quoted((request.environments.front() / "bin/pip").text());
  }
  return python.empty() ? "pip" : shell_quoted(python.text()) + " -m pip";
}

}  // namespace ensure::bootstrap
