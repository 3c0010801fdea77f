#pragma once

#include <string>
#include <vector>

#include "bootstrap/option_arguments.h"
#include "bootstrap/request.h"

namespace ensure::bootstrap {

/// The command line to type instead, for hints: `added` and `words`, quoted for a shell, with the
/// options of `arguments` in between. Where `request` names no target, `--venv ENV` comes first.
/// Passwords in URLs are hidden, and a line that is too long for a message is a short example.
[[nodiscard]] std::string suggested_line(const Request& request, const OptionArguments& arguments,
                                         const std::vector<std::string>& added,
                                         const std::vector<std::string>& words);

/// The same for the pip of the target: "env/bin/pip" and `words`.
[[nodiscard]] std::string suggested_pip_line(const Request& request,
                                             const std::vector<std::string>& words);

/// The command `name` of the target, such as "env/bin/name".
[[nodiscard]] std::string suggested_program(const Request& request, const std::string& name);

}  // namespace ensure::bootstrap
