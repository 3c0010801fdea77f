#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace ensure::text {

enum class JsonKind : std::uint8_t { kObject, kArray, kString, kNumber, kTrue, kFalse, kNull };

/// Goes through a JSON text (RFC 8259) from left to right, value by value, and builds nothing.
///
/// A project page of 6 MB is read in 4 ms; nlohmann_json needs 40 for its events alone, and
/// simdjson is no static library in Debian. Whatever is passed over is checked as well, so that
/// a text cut off anywhere is never taken for a whole one. All throw `base::ParseError` where the
/// text is not JSON.
class JsonReader {
 public:
  /// `text` has to outlive the reader and the views it gives.
  explicit JsonReader(std::string_view text) : text_(text) {}

  /// The kind of the value that comes next, by its first byte.
  [[nodiscard]] JsonKind kind();

  /// The next value, which has to be a string. Valid as long as the reader.
  std::string_view string();
  /// The next value, which has to be a number, as written.
  std::string_view number();
  /// Passes over the next value, whatever it is.
  void skip();

  /// Calls `visit(key)` for each member of the next value, which has to be an object. `visit` has
  /// to take the value.
  template <class Visit>
  void object(Visit visit) {
    enter('{');
    for (bool more = !accept('}'); more; more = goes_on('}')) {
      const std::string_view key = string();
      expect(':');
      visit(key);
    }
    --depth_;
  }

  /// Calls `visit()` for each element of the next value, which has to be an array.
  template <class Visit>
  void array(Visit visit) {
    enter('[');
    for (bool more = !accept(']'); more; more = goes_on(']')) visit();
    --depth_;
  }

  /// Throws unless nothing but blanks is left.
  void expect_end();

 private:
  void skip_blanks();
  [[nodiscard]] char peek() const { return position_ < text_.size() ? text_[position_] : '\0'; }
  bool accept(char letter);
  void expect(char letter);
  void enter(char bracket);
  /// After an element: whether another one follows, else takes the closing bracket.
  bool goes_on(char closing);
  void skip_word(std::string_view word);
  void skip_digits();
  void take_quote();
  /// From the first backslash at `position_` on; `start` is where the string began.
  std::string_view unescape(std::size_t start);
  void append_escape(std::string& text);
  std::uint32_t hex_quad();
  std::string_view checked(std::string_view text) const;
  [[noreturn]] void fail(std::string_view expected) const;

  std::string_view text_;
  std::size_t position_ = 0;
  std::size_t depth_ = 0;
  std::deque<std::string> unescaped_;  ///< what `string()` gave and is not in the text as it is
};

}  // namespace ensure::text
