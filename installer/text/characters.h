#pragma once

#include <string_view>

namespace ensure::text {

// Classes of ASCII letters, without a locale: no byte above 0x7F belongs to any of them.

[[nodiscard]] constexpr bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

[[nodiscard]] constexpr char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

[[nodiscard]] constexpr bool is_letter(char letter) {
  return lower(letter) >= 'a' && lower(letter) <= 'z';
}

[[nodiscard]] constexpr bool is_letter_or_digit(char letter) {
  return is_digit(letter) || is_letter(letter);
}

// Whitespace of a UTF-8 text as Python's `str.strip` and `str.isspace` define it, which PEP 440
// refers to. Bytes that are not UTF-8 are not whitespace.

[[nodiscard]] std::string_view strip_leading_whitespace(std::string_view text);
[[nodiscard]] std::string_view strip_trailing_whitespace(std::string_view text);
[[nodiscard]] std::string_view strip_whitespace(std::string_view text);
[[nodiscard]] bool has_whitespace(std::string_view text);

}  // namespace ensure::text
