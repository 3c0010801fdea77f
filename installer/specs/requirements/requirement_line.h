#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ensure::specs {

/// The value of an environment variable; nullopt if it is not set.
using VariableLookup = std::function<std::optional<std::string>(const std::string&)>;

/// A line of a requirements file: continuations joined, comments removed, variables replaced.
struct RequirementLine {
  std::size_t number = 0;              ///< of its first physical line, from 1
  std::string text;                    ///< not empty, without blanks at its ends
  std::string as_written;              ///< before variables were replaced: those may be secrets
  std::vector<std::string> variables;  ///< the names in each `${NAME}`, set or not
};

/// Calls `visit` with each line of a requirements file that is not blank. Cuts lines as pip does
/// ("Requirements File Format"): a backslash at the end of a line continues it, a `#` at the
/// beginning or after white space begins a comment, `${NAME}` with capital letters, digits and `_`
/// stands for a variable that is set and not empty.
void each_requirement_line(std::string_view text, const VariableLookup& variables,
                           const std::function<void(const RequirementLine&)>& visit);

/// A digest that a requirement demands, as in `--hash=sha256:...`.
struct HashOption {
  std::string algorithm;    ///< "sha256", "sha384" or "sha512"
  std::string hexadecimal;  ///< in lower case, of the length of the algorithm

  /// Reads "sha256:...". Throws `base::Error` (usage).
  static HashOption parse(std::string_view text);

  friend bool operator==(const HashOption&, const HashOption&) = default;
};

/// The options of one line of a requirements file.
struct RequirementOptions {
  /// The long names without dashes, with their values; the value of a flag is empty.
  std::vector<std::pair<std::string, std::string>> options;
  bool has_stray_words = false;  ///< whether there are words that pip ignores

  /// Reads the part of a line that begins with its first option, with pip's rules: words as in a
  /// shell, `--name=value` or `--name value`, long names shortened as long as they are unambiguous,
  /// `-rFILE`. Throws `base::Error` (usage) for an option that no requirements file may have.
  static RequirementOptions parse(std::string_view text);

  /// The first value of an option; null if it is missing.
  [[nodiscard]] const std::string* find(std::string_view name) const;
};

}  // namespace ensure::specs
