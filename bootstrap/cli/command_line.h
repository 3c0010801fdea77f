#pragma once

#include <string>
#include <vector>

#include "bootstrap/cli/option_table.h"
#include "bootstrap/request.h"

namespace ensure::bootstrap {

/// A command line cut into options and words.
struct OptionArguments {
  struct Option {
    const OptionInfo* info;
    std::string value;  ///< empty for a flag
  };
  std::vector<Option> options;       ///< in the order in which they are given
  std::vector<std::string> unknown;  ///< options that are not in the table
  std::vector<std::string> written;  ///< options and values as the user wrote them
  std::vector<std::string> words;    ///< arguments that are neither options nor values
};

/// Parses a command line without the program's name. `ENSURE_*` variables set options that are not
/// given. Throws `Error` (`kUsage`) for all mistakes together, with a suggestion for misspelt
/// words.
[[nodiscard]] Request parse_command_line(const std::vector<std::string>& arguments);

/// Whether the output is JSON. Works for a wrong command line too, whose error is then JSON.
[[nodiscard]] bool wants_json(const std::vector<std::string>& arguments);

/// The text of `--help`.
[[nodiscard]] std::string help_text();

}  // namespace ensure::bootstrap
