#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ensure::specs {

/// The value of an environment variable by its name; nothing where it is not set.
using VariableLookup = std::function<std::optional<std::string>(const std::string&)>;

/// A line of a requirements file: continuations joined, comments gone, variables replaced.
struct RequirementLine {
  std::size_t number = 0;              ///< of its first physical line, from 1
  std::string text;                    ///< not empty, without blanks at its ends
  std::string as_written;              ///< before variables were replaced: those may be secrets
  std::vector<std::string> variables;  ///< the names in each `${NAME}`, whether they are set or not
};

/// Calls `visit` with each line of a requirements file that is not blank. Cuts lines as pip does
/// ("Requirements File Format"): a backslash at the end of a line continues it, a `#` at the
/// beginning or after white space begins a comment, `${NAME}` with capital letters, digits and `_`
/// stands for a variable that is set and not empty.
void each_requirement_line(std::string_view text, const VariableLookup& variables,
                           const std::function<void(const RequirementLine&)>& visit);

/// Cuts `text` into words as a POSIX shell does without expanding anything (`shlex.split`);
/// nothing where a quote or a backslash is left open.
[[nodiscard]] std::optional<std::vector<std::string>> shell_words(std::string_view text);

}  // namespace ensure::specs
