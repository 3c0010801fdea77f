#include "installer/text/encoding.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "installer/text/ascii.h"
#include "installer/text/utf8.h"
#include "installer/text/whitespace.h"

namespace ensure::text {
namespace {

using std::string_view_literals::operator""sv;

[[noreturn]] void fail(std::string message) {
  throw base::Error(base::ExitCode::kUsage, std::move(message)).with_hint("save the file as UTF-8");
}

/// Bytes of whole characters, of 2 or 4 bytes each.
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

/// The encoding that a comment in one of the first two lines names; empty for none.
std::string declared_encoding(std::string_view bytes) {
  for (int line = 0; line < 2; ++line) {
    const std::string_view text = bytes.substr(0, bytes.find('\n'));
    bytes.remove_prefix(std::min(text.size() + 1, bytes.size()));
    if (!text.starts_with('#')) continue;
    for (std::size_t place = text.find("coding"); place != std::string_view::npos;
         place = text.find("coding", place + 1)) {
      std::string_view rest = text.substr(place + 6);
      if (!rest.starts_with(':') && !rest.starts_with('=')) continue;
      rest = strip_leading_whitespace(rest.substr(1));
      const auto is_part = [](char letter) {
        return is_letter_or_digit(letter) || letter == '-' || letter == '_' || letter == '.';
      };
      const auto* const end = std::find_if_not(rest.begin(), rest.end(), is_part);
      if (end != rest.begin()) return {rest.begin(), end};
    }
  }
  return "";
}

std::string decode_declared(std::string_view bytes, const std::string& encoding) {
  const std::string name = base::replace_all(base::to_lower(encoding), "_", "-");
  if (name == "utf-8" || name == "utf8" || name == "utf-8-sig") return decode_utf8(bytes);
  static constexpr std::array kLatin1 = {"latin-1"sv, "latin1"sv, "iso-8859-1"sv, "iso8859-1"sv,
                                         "l1"sv};
  if (std::find(kLatin1.begin(), kLatin1.end(), name) != kLatin1.end()) {
    return decode_latin1(bytes);
  }
  if (name == "ascii" || name == "us-ascii") {
    const auto is_ascii = [](char byte) { return static_cast<unsigned char>(byte) < 0x80; };
    if (!std::all_of(bytes.begin(), bytes.end(), is_ascii)) fail("the text is not ASCII");
    return std::string(bytes);
  }
  fail("the encoding `" + encoding + "` is not known");
}

/// How many bytes end a line at the beginning of `text`; 0 for none.
std::size_t line_end(std::string_view text) {
  if (text.starts_with("\r\n")) return 2;
  if (std::string_view("\n\r\v\f\x1C\x1D\x1E").find(text.front()) != std::string_view::npos)
    return 1;
  if (text.starts_with("\xC2\x85")) return 2;
  return text.starts_with("\xE2\x80\xA8") || text.starts_with("\xE2\x80\xA9") ? 3 : 0;
}

}  // namespace

std::string decode_text_file(std::string_view bytes) {
  // The mark of UTF-32 begins like that of UTF-16.
  if (bytes.starts_with("\xEF\xBB\xBF"sv)) return decode_utf8(bytes.substr(3));
  if (bytes.starts_with("\xFF\xFE\0\0"sv)) return decode_wide(bytes.substr(4), 4, false);
  if (bytes.starts_with("\0\0\xFE\xFF"sv)) return decode_wide(bytes.substr(4), 4, true);
  if (bytes.starts_with("\xFF\xFE"sv)) return decode_wide(bytes.substr(2), 2, false);
  if (bytes.starts_with("\xFE\xFF"sv)) return decode_wide(bytes.substr(2), 2, true);
  const std::string encoding = declared_encoding(bytes);
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
