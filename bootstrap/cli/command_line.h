#pragma once

#include <string>
#include <vector>

#include "bootstrap/request.h"

namespace ensure::bootstrap {

/// Parses a command line without the program's name. `ENSURE_*` variables set options that are not
/// given. Throws `Error` (`kUsage`) for all mistakes together, with a suggestion for misspelt
/// words.
[[nodiscard]] Request parse_command_line(const std::vector<std::string>& arguments);

/// Whether the output is JSON. Works for a wrong command line too, whose error is then JSON.
[[nodiscard]] bool wants_json(const std::vector<std::string>& arguments);

/// The text of `--help`.
[[nodiscard]] std::string help_text();

}  // namespace ensure::bootstrap
