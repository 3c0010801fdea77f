#pragma once

#include <string>
#include <vector>

#include "bootstrap/cli/option_table.h"
#include "bootstrap/cli/usage_errors.h"

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

/// Splits `arguments` by the option table; all arguments after "--" are words. If an option needs a
/// value and has none, an empty one, or another option in its place, adds an error and leaves the
/// option out: no option takes the next option for its value.
[[nodiscard]] OptionArguments split_arguments(const std::vector<std::string>& arguments,
                                              UsageErrors& errors);

}  // namespace ensure::bootstrap
