#pragma once

#include <string>
#include <vector>

#include "bootstrap/cli/option_arguments.h"
#include "bootstrap/request.h"

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

/// The command `name` of the target, such as "env/bin/name".
[[nodiscard]] std::string suggested_program(const Request& request, const std::string& name);

}  // namespace ensure::bootstrap
