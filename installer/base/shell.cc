#include "installer/base/shell.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

#include "installer/base/printable.h"
#include "installer/base/text.h"

namespace ensure::base {
namespace {

bool is_plain(char letter, std::string_view marks) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || marks.find(letter) != std::string_view::npos;
}

bool is_plain_word(std::string_view word) {
  return !word.empty() &&
         std::ranges::all_of(word, [](char letter) { return is_plain(letter, "%+,-./:=@_"); });
}

/// Always of three digits, so that a digit behind it is not taken for a part of it.
std::string octal_escape(char letter) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "\\%03o", static_cast<std::uint8_t>(letter));
  return text.data();
}

}  // namespace

std::string shell_quoted(std::string_view word) {
  if (is_plain_word(word)) return std::string(word);
  if (printable(word) != word) return shell_escaped(word);
  return "'" + replace_all(std::string(word), "'", "'\\''") + "'";
}

std::string shell_escaped(std::string_view word) {
  std::string format;
  for (const char letter : word) {
    // The first character of a format must not be taken for an option.
    const bool is_safe = is_plain(letter, format.empty() ? "./_" : "-./_");
    is_safe ? format += letter : format += octal_escape(letter);
  }
  return "\"$(printf '" + format + "')\"";
}

}  // namespace ensure::base
