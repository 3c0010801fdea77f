#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ensure::text {

/// Goes through one requirement or marker from left to right, as PEP 508 writes them.
class Scanner {
 public:
  /// `what` is what the text should be, for messages: "requirement". `hint` tells its form.
  Scanner(std::string_view text, std::string_view what, std::string_view hint)
      : text_(text), what_(what), hint_(hint) {}

  /// Skips blanks and tabs; no other white space separates anything.
  void skip_blanks();
  [[nodiscard]] bool at_end() const { return position_ == text_.size(); }
  /// The next byte; zero at the end.
  [[nodiscard]] char peek() const { return at_end() ? '\0' : text_[position_]; }
  [[nodiscard]] std::string_view rest() const { return text_.substr(position_); }
  [[nodiscard]] std::size_t position() const { return position_; }
  void skip(std::size_t count) { position_ += count; }

  /// Takes what stands next; false where something else does.
  bool accept(std::string_view token);
  /// Takes a word that is not the beginning of a longer one.
  bool accept_word(std::string_view word);
  /// Takes all bytes up to the first one of `ends`, or to the end.
  std::string_view take_until(std::string_view ends);

  /// Throws `base::ParseError` for the place from `start` on.
  [[noreturn]] void fail(std::string_view expected, std::size_t start) const;
  [[noreturn]] void fail(std::string_view expected) const { fail(expected, position_); }

 private:
  std::string_view text_;
  std::string_view what_;
  std::string_view hint_;
  std::size_t position_ = 0;
};

}  // namespace ensure::text
