#pragma once

#include <string>
#include <vector>

#include "bootstrap/cli/option_arguments.h"
#include "bootstrap/request.h"
#include "installer/base/path.h"

namespace ensure::bootstrap {

/// The command line to type instead, for hints: `added`, the options of `arguments`, and `words`,
/// quoted for a shell. If `request` names no target, `--venv ENV` comes first. Passwords in URLs
/// are hidden. If the line is too long for a message, it is a short example instead.
[[nodiscard]] std::string suggested_line(const Request& request, const OptionArguments& arguments,
                                         const std::vector<std::string>& added,
                                         const std::vector<std::string>& words);

/// The command line for the pip of the target: "env/bin/pip" and `words`.
[[nodiscard]] std::string suggested_pip_line(const Request& request,
                                             const std::vector<std::string>& words);

/// The command that runs the pip of the target of `request`, for hints: "env/bin/pip". `python` is
/// the interpreter if the target is not an environment; empty if it does not run here.
[[nodiscard]] std::string pip_command(const Request& request, const base::Path& python);

/// The command `name` of the target, such as "env/bin/name".
[[nodiscard]] std::string suggested_program(const Request& request, const std::string& name);

}  // namespace ensure::bootstrap
