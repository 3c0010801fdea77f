#pragma once

#include <string>
#include <vector>

#include "bootstrap/cli/usage_errors.h"

namespace ensure::bootstrap {

/// A command line cut into options and words.
struct OptionArguments {
  /// Each option is one argument: a value is joined to its long name ("-p 3.12" is
  /// "--python=3.12"), so that no option can take the next argument for its value.
  std::vector<std::string> options;
  std::vector<std::string> written;  ///< options and values as the user wrote them
  std::vector<std::string> words;    ///< arguments that are neither options nor values
};

/// Splits `arguments` by the option table; all arguments after "--" are words. If an option needs a
/// value and has none, an empty one, or another option in its place, adds an error and leaves the
/// option out. Keeps options that are not in the table as they are.
[[nodiscard]] OptionArguments split_arguments(const std::vector<std::string>& arguments,
                                              UsageErrors& errors);

}  // namespace ensure::bootstrap
