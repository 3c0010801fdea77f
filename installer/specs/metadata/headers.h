#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ensure::specs {

/// The fields at the head of METADATA and WHEEL: `Name: value` lines as in an e-mail, up to the
/// first empty line. A line that begins with a blank continues the value before it.
class Headers {
 public:
  /// The first line that is not a field ends the head, as in Python's `email.parser`. Throws
  /// `base::ParseError` with the exit code for a failed verification if there are more than 100,000
  /// fields.
  static Headers parse(std::string_view text);

  /// The values of a field, in the order written; the case of its name does not count.
  [[nodiscard]] std::vector<std::string> all(std::string_view name) const;

  /// The value of a field that may occur once only. Throws `base::ParseError` with the exit code
  /// for a failed verification if it occurs twice: readers would differ on which one counts.
  [[nodiscard]] std::optional<std::string> single(std::string_view name) const;

 private:
  /// Adds a line. Returns false if the head ends before it.
  bool add(std::string_view line);

  struct Field {
    std::string name;  ///< in lower case
    std::string value;
  };

  std::vector<Field> fields_;
};

}  // namespace ensure::specs
