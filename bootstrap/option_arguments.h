#pragma once

#include <string>
#include <vector>

#include "bootstrap/usage_errors.h"

namespace ensure::bootstrap {

/// A command line cut into options and words.
struct OptionArguments {
  /// Each option is one argument: a value is joined to its long name ("-p 3.12" is
  /// "--python=3.12"), so that no option can take the next argument for its value.
  std::vector<std::string> options;
  std::vector<std::string> written;  ///< the same options with their values, as they were written
  std::vector<std::string> words;    ///< what is neither an option nor a value
};

/// Cuts `arguments` by the option table; what follows "--" is words. Adds an error for each option
/// that needs a value and has none, an empty one, or another option in its place; those options are
/// left out. Options that are not in the table are kept as they are.
[[nodiscard]] OptionArguments split_arguments(const std::vector<std::string>& arguments,
                                              UsageErrors& errors);

}  // namespace ensure::bootstrap
