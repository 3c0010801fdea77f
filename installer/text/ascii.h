#pragma once

/// What a byte is in ASCII; no locale is asked, and no byte above 0x7F is anything.
namespace ensure::text {

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

}  // namespace ensure::text
