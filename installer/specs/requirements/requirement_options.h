#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ensure::specs {

/// A digest that a requirement asks for, as in `--hash=sha256:...`.
struct HashOption {
  std::string algorithm;    ///< "sha256", "sha384" or "sha512"
  std::string hexadecimal;  ///< in lower case, as long as the algorithm has it

  /// Reads "sha256:...". Throws `base::Error` (usage).
  static HashOption parse(std::string_view text);

  friend bool operator==(const HashOption&, const HashOption&) = default;
};

/// The options of one line of a requirements file, by their long names without dashes and with
/// the values in the order written; a flag has an empty value.
class RequirementOptions {
 public:
  /// Reads the part of a line that begins with its first option, with pip's rules: words as in a
  /// shell, `--name=value` or `--name value`, long names shortened as long as they are unambiguous,
  /// `-rFILE`. Throws `base::Error` (usage) for an option that no requirements file may have.
  static RequirementOptions parse(std::string_view text);

  [[nodiscard]] bool has(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& in_order() const {
    return options_;
  }
  /// Words that belong to no option; pip ignores them.
  [[nodiscard]] const std::vector<std::string>& stray_words() const { return stray_words_; }

 private:
  void read_long(const std::vector<std::string>& words, std::size_t& place);
  void read_short(const std::vector<std::string>& words, std::size_t& place);

  std::vector<std::pair<std::string, std::string>> options_;
  std::vector<std::string> stray_words_;
};

}  // namespace ensure::specs
