#include "installer/text/characters.h"

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

/// The size of the whitespace character that `borders` finds at an end of the text whose outermost
/// byte is `end`; 0 if there is none. The list is searched for bytes beyond ASCII only.
template <class Borders>
std::size_t space_size(char end, Borders borders) {
  if ((static_cast<unsigned char>(end) & 0x80U) == 0) {
    return end == ' ' || (end >= '\t' && end <= '\r') || (end >= '\x1C' && end <= '\x1F') ? 1 : 0;
  }
  const auto* const space = std::find_if(kWideSpaces.begin(), kWideSpaces.end(), borders);
  return space == kWideSpaces.end() ? 0 : space->size();
}

std::size_t leading_space(std::string_view text) {
  if (text.empty()) return 0;
  return space_size(text.front(), [text](auto space) { return text.starts_with(space); });
}

std::size_t trailing_space(std::string_view text) {
  if (text.empty()) return 0;
  return space_size(text.back(), [text](auto space) { return text.ends_with(space); });
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

std::string_view strip_whitespace(std::string_view text) {
  return strip_trailing_whitespace(strip_leading_whitespace(text));
}

bool has_whitespace(std::string_view text) {
  for (; !text.empty(); text.remove_prefix(1)) {
    if (leading_space(text) != 0) return true;
  }
  return false;
}

}  // namespace ensure::text
