#pragma once

#include <string>
#include <vector>

#include "bootstrap/request.h"

namespace ensure::bootstrap {

/// What the command line asks for. `arguments` are without the program's name; `ENSURE_*`
/// variables stand in for options that are not given. Throws `Error` (`kUsage`) with a suggestion
/// for what is misspelt, and for options that contradict each other.
[[nodiscard]] Request parse_command_line(const std::vector<std::string>& arguments);

/// Whether output is to be JSON, found even where the rest of the command line is wrong: an error
/// about it is then JSON, too.
[[nodiscard]] bool wants_json(const std::vector<std::string>& arguments);

/// The text of `--help`.
[[nodiscard]] std::string help_text();

}  // namespace ensure::bootstrap
