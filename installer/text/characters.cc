#include "installer/text/characters.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/text.h"

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

namespace {

[[noreturn]] void fail(std::string message) {
  throw base::Error(base::ExitCode::kUsage, std::move(message)).with_hint("save the file as UTF-8");
}

std::uint32_t unit_at(std::string_view bytes, std::size_t place, std::size_t width, bool is_big) {
  std::uint32_t unit = 0;
  for (std::size_t i = 0; i < width; ++i) {
    const std::size_t from = is_big ? place + i : place + width - 1 - i;
    unit = unit << 8U | static_cast<unsigned char>(bytes[from]);
  }
  return unit;
}

std::string decode_wide(std::string_view bytes, std::size_t width, bool is_big) {
  const std::string name = width == 2 ? "UTF-16" : "UTF-32";
  if (bytes.size() % width != 0) fail("the text is not " + name);
  std::string text;
  for (std::size_t place = 0; place < bytes.size(); place += width) {
    std::uint32_t code = unit_at(bytes, place, width, is_big);
    const bool is_high = width == 2 && code >= 0xD800 && code < 0xDC00;
    if (is_high && place + 2 * width <= bytes.size()) {
      const std::uint32_t low = unit_at(bytes, place + width, width, is_big);
      if (low >= 0xDC00 && low <= 0xDFFF) {
        code = 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00);
        place += width;
      }
    }
    if ((code >= 0xD800 && code <= 0xDFFF) || code > 0x10FFFF) fail("the text is not " + name);
    append_utf8(text, code);
  }
  return text;
}

std::string decode_utf8(std::string_view bytes) {
  if (!base::is_utf8(bytes)) fail("the text is not UTF-8");
  return std::string(bytes);
}

std::string decode_latin1(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) append_utf8(text, static_cast<unsigned char>(byte));
  return text;
}

/// The encoding that a comment in one of the first two lines names; empty if none does.
std::string_view declared_encoding(std::string_view bytes) {
  const auto is_part = [](char letter) {
    return is_letter_or_digit(letter) || letter == '-' || letter == '_' || letter == '.';
  };
  for (int line = 0; line < 2; ++line) {
    std::string_view rest = bytes.substr(0, bytes.find('\n'));
    bytes.remove_prefix(std::min(rest.size() + 1, bytes.size()));
    if (!rest.starts_with('#')) continue;
    for (std::size_t place = rest.find("coding"); place != std::string_view::npos;
         place = rest.find("coding")) {
      rest.remove_prefix(place + 6);
      if (!rest.starts_with(':') && !rest.starts_with('=')) continue;
      const std::string_view name = strip_leading_whitespace(rest.substr(1));
      const auto* const end = std::find_if_not(name.begin(), name.end(), is_part);
      if (end != name.begin()) return {name.begin(), end};
    }
  }
  return {};
}

std::string decode_declared(std::string_view bytes, std::string_view encoding) {
  static constexpr std::array kUtf8 = {"utf-8"sv, "utf8"sv, "utf-8-sig"sv};
  static constexpr std::array kLatin1 = {"latin-1"sv, "latin1"sv, "iso-8859-1"sv, "iso8859-1"sv,
                                         "l1"sv};
  const std::string name = base::replace_all(base::to_lower(encoding), "_", "-");
  const auto is_one_of = [&name](const auto& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  if (is_one_of(kUtf8)) return decode_utf8(bytes);
  if (is_one_of(kLatin1)) return decode_latin1(bytes);
  if (name != "ascii" && name != "us-ascii") {
    fail("the encoding `" + std::string(encoding) + "` is not supported");
  }
  const auto is_ascii = [](char byte) { return static_cast<unsigned char>(byte) < 0x80; };
  if (!std::all_of(bytes.begin(), bytes.end(), is_ascii)) fail("the text is not ASCII");
  return std::string(bytes);
}

/// The size of the line end that `text` begins with; 0 if it begins with something else.
std::size_t line_end(std::string_view text) {
  if (text.starts_with("\r\n")) return 2;
  if (std::string_view("\n\r\v\f\x1C\x1D\x1E").find(text.front()) != std::string_view::npos)
    return 1;
  if (text.starts_with("\xC2\x85")) return 2;
  return text.starts_with("\xE2\x80\xA8") || text.starts_with("\xE2\x80\xA9") ? 3 : 0;
}

}  // namespace

void append_utf8(std::string& text, std::uint32_t code) {
  const auto append = [&text](std::uint32_t byte) { text += static_cast<char>(byte); };
  const auto append_tail = [&](std::uint32_t bits) { append(0x80U | (bits & 0x3FU)); };
  if (code < 0x80) return append(code);
  if (code < 0x800) {
    append(0xC0U | code >> 6U);
    return append_tail(code);
  }
  append(code < 0x10000 ? 0xE0U | code >> 12U : 0xF0U | code >> 18U);
  if (code >= 0x10000) append_tail(code >> 12U);
  append_tail(code >> 6U);
  append_tail(code);
}

std::string decode_text_file(std::string_view bytes) {
  // The mark of UTF-32 begins like that of UTF-16.
  if (bytes.starts_with("\xEF\xBB\xBF"sv)) return decode_utf8(bytes.substr(3));
  if (bytes.starts_with("\xFF\xFE\0\0"sv)) return decode_wide(bytes.substr(4), 4, false);
  if (bytes.starts_with("\0\0\xFE\xFF"sv)) return decode_wide(bytes.substr(4), 4, true);
  if (bytes.starts_with("\xFF\xFE"sv)) return decode_wide(bytes.substr(2), 2, false);
  if (bytes.starts_with("\xFE\xFF"sv)) return decode_wide(bytes.substr(2), 2, true);
  const std::string_view encoding = declared_encoding(bytes);
  return encoding.empty() ? decode_utf8(bytes) : decode_declared(bytes, encoding);
}

void each_python_line(std::string_view text, const std::function<void(std::string_view)>& visit) {
  std::size_t start = 0;
  for (std::size_t place = 0; place < text.size();) {
    const std::size_t end = line_end(text.substr(place));
    if (end == 0) {
      ++place;
      continue;
    }
    visit(text.substr(start, place - start));
    place += end;
    start = place;
  }
  if (start < text.size()) visit(text.substr(start));
}

}  // namespace ensure::text
