#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ensure::text {

/// Reads one requirement or marker (PEP 508) from left to right.
class Scanner {
 public:
  /// `what` is the kind of text, for messages: "requirement". `hint` describes its form.
  Scanner(std::string_view text, std::string_view what, std::string_view hint)
      : text_(text), what_(what), hint_(hint) {}

  /// Skips spaces and tabs; no other white space separates tokens.
  void skip_blanks();
  [[nodiscard]] bool at_end() const { return position_ == text_.size(); }
  /// The next byte; zero at the end.
  [[nodiscard]] char peek() const { return at_end() ? '\0' : text_[position_]; }
  [[nodiscard]] std::string_view rest() const { return text_.substr(position_); }
  [[nodiscard]] std::size_t position() const { return position_; }
  void skip(std::size_t count) { position_ += count; }

  /// Takes `token` if it comes next.
  bool accept(std::string_view token);
  /// Takes `word` if it comes next and is not the beginning of a longer word.
  bool accept_word(std::string_view word);
  /// Takes all bytes before the first one of `ends`, or before the end.
  std::string_view take_until(std::string_view ends);

  /// Throws `base::ParseError` that marks the text from `start` on.
  [[noreturn]] void fail(std::string_view expected, std::size_t start) const;
  [[noreturn]] void fail(std::string_view expected) const { fail(expected, position_); }

 private:
  std::string_view text_;
  std::string_view what_;
  std::string_view hint_;
  std::size_t position_ = 0;
};

}  // namespace ensure::text
