#pragma once

#include <cstdint>
#include <functional>
#include <string>
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

/// Appends a character by its number (at most 0x10FFFF, no surrogate) in UTF-8.
void append_utf8(std::string& text, std::uint32_t code);

/// The text of a file as UTF-8, decoded as pip decodes requirements files: by its byte order mark
/// (UTF-8, UTF-16, UTF-32), else by a comment like `# -*- coding: latin-1 -*-` in its first two
/// lines (PEP 263; UTF-8, ASCII and Latin-1 are known), else as UTF-8. Throws `base::Error` (usage)
/// if the bytes are not of that encoding.
[[nodiscard]] std::string decode_text_file(std::string_view bytes);

/// Calls `visit` with each line of a UTF-8 text, as Python's `str.splitlines` cuts them.
void each_python_line(std::string_view text, const std::function<void(std::string_view)>& visit);

}  // namespace ensure::text
