#include "bootstrap/commands/pip_command.h"

#include "installer/base/shell.h"

namespace ensure::bootstrap {

using base::shell_quoted;

std::string pip_command(const Request& request, const std::filesystem::path& python) {
  if (!request.environments.empty()) {
    return shell_quoted((request.environments.front() / "bin/pip").native());
  }
  return python.empty() ? "pip" : shell_quoted(python.native()) + " -m pip";
}

}  // namespace ensure::bootstrap
