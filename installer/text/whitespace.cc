#include "installer/text/whitespace.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace ensure::text {
namespace {

using std::string_view_literals::operator""sv;

/// The characters of `str.isspace` beyond ASCII, in UTF-8.
constexpr std::array kWideSpaces = {
    "\xC2\x85"sv,     "\xC2\xA0"sv,     "\xE1\x9A\x80"sv, "\xE2\x80\x80"sv, "\xE2\x80\x81"sv,
    "\xE2\x80\x82"sv, "\xE2\x80\x83"sv, "\xE2\x80\x84"sv, "\xE2\x80\x85"sv, "\xE2\x80\x86"sv,
    "\xE2\x80\x87"sv, "\xE2\x80\x88"sv, "\xE2\x80\x89"sv, "\xE2\x80\x8A"sv, "\xE2\x80\xA8"sv,
    "\xE2\x80\xA9"sv, "\xE2\x80\xAF"sv, "\xE2\x81\x9F"sv, "\xE3\x80\x80"sv};

bool is_ascii_space(char letter) {
  return letter == ' ' || (letter >= '\t' && letter <= '\r') ||
         (letter >= '\x1C' && letter <= '\x1F');
}

/// Whether a byte is part of a character beyond ASCII: few texts hold any, and only those are held
/// against the list.
bool is_wide(char letter) { return (static_cast<unsigned char>(letter) & 0x80U) != 0; }

std::size_t leading_space(std::string_view text) {
  if (text.empty()) return 0;
  if (!is_wide(text.front())) return is_ascii_space(text.front()) ? 1 : 0;
  for (const std::string_view space : kWideSpaces) {
    if (text.starts_with(space)) return space.size();
  }
  return 0;
}

std::size_t trailing_space(std::string_view text) {
  if (text.empty()) return 0;
  if (!is_wide(text.back())) return is_ascii_space(text.back()) ? 1 : 0;
  for (const std::string_view space : kWideSpaces) {
    if (text.ends_with(space)) return space.size();
  }
  return 0;
}

}  // namespace

std::string_view strip_leading_whitespace(std::string_view text) {
  while (const std::size_t size = leading_space(text)) text.remove_prefix(size);
  return text;
}

std::string_view strip_trailing_whitespace(std::string_view text) {
  while (const std::size_t size = trailing_space(text)) text.remove_suffix(size);
  return text;
}

bool has_whitespace(std::string_view text) {
  for (; !text.empty(); text.remove_prefix(1)) {
    if (leading_space(text) != 0) return true;
  }
  return false;
}

std::string_view strip_whitespace(std::string_view text) {
  return strip_trailing_whitespace(strip_leading_whitespace(text));
}

}  // namespace ensure::text
