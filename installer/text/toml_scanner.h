#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/text/toml.h"

namespace ensure::text {

/// Reads the tokens of a TOML document (TOML 1.0) from left to right. All functions throw
/// `base::ParseError` with the line if the document has another token.
class TomlScanner {
 public:
  /// `text` has to outlive the scanner. Throws if it is too large, is not UTF-8, or contains
  /// control characters, which TOML allows nowhere.
  explicit TomlScanner(std::string_view text);

  /// The most bytes that a document may have.
  static constexpr std::size_t kMaximumSize = std::size_t{16} << 20;
  /// The most parts that a dotted key may have, and the deepest nesting of values.
  static constexpr std::size_t kMaximumDepth = 100;

  [[nodiscard]] bool at_end() const { return position_ == text_.size(); }
  /// The next byte; zero at the end.
  [[nodiscard]] char peek() const { return at_end() ? '\0' : text_[position_]; }

  /// Skips spaces and tabs.
  void skip_blanks();
  /// Skips spaces, tabs, comments and line ends.
  void skip_lines();
  /// Skips the rest of a line, which may hold nothing but a comment.
  void end_line();

  /// Takes `token` if it comes next.
  bool accept(std::string_view token);
  void expect(std::string_view token);

  /// Takes a key: its parts, of which a dotted key has several.
  std::vector<std::string> key();
  /// Takes a string of any of the four forms.
  std::string string();
  /// Takes a number, boolean, date or time as written; empty if something else comes next.
  std::string_view word();

  /// `problem` completes "not TOML at line N: ".
  [[noreturn]] void fail(std::string_view problem) const;

 private:
  void check_characters();
  void skip_comment();
  void accept_line_end();
  std::string key_part();
  std::string quoted(char quote);
  std::string multi_line(char quote);
  void escape(std::string& text, bool is_multi_line);
  void unicode_escape(std::string& text, std::size_t digits);
  bool skip_escaped_lines();

  std::string_view text_;
  std::size_t position_ = 0;
};

/// A boolean, number, date or time as TOML writes it. Returns nullopt for any other word, for a day
/// or time that does not exist, and for an integer of more than 64 bits.
[[nodiscard]] std::optional<TomlValue> parse_toml_scalar(std::string_view word);

}  // namespace ensure::text
