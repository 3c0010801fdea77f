#include "installer/base/printable.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <utility>

#include "installer/base/text.h"

namespace ensure::base {
namespace {

using Range = std::pair<std::uint32_t, std::uint32_t>;

/// Characters beyond ASCII that a terminal obeys, or that readers cannot see.
constexpr std::array<Range, 11> kHidden = {{{0x0080, 0x009F},      // C1 controls
                                            {0x061C, 0x061C},      // Arabic letter mark
                                            {0x200B, 0x200B},      // no width; joiners are text
                                            {0x200E, 0x200F},      // direction marks
                                            {0x2028, 0x202E},      // separators, embeddings
                                            {0x2060, 0x206F},      // joiners, isolates
                                            {0xFEFF, 0xFEFF},      // byte order mark
                                            {0xFFF9, 0xFFFB},      // annotations
                                            {0x1BCA0, 0x1BCA3},    // shorthand format controls
                                            {0x1D173, 0x1D17A},    // musical format controls
                                            {0xE0000, 0xE007F}}};  // tags

bool is_hidden(std::uint32_t code) {
  return std::any_of(kHidden.begin(), kHidden.end(), [code](const Range& range) {
    return range.first <= code && code <= range.second;
  });
}

/// The code point of one well-formed sequence.
std::uint32_t code_of(std::string_view sequence) {
  const auto lead = static_cast<std::uint8_t>(sequence.front());
  if (sequence.size() == 1) return lead;
  std::uint32_t code = lead & (0x7FU >> sequence.size());
  for (const char byte : sequence.substr(1)) {
    code = code << 6U | (static_cast<std::uint8_t>(byte) & 0x3FU);
  }
  return code;
}

std::string formatted(const char* form, std::uint32_t value) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), form, value);
  return text.data();
}

std::string escaped_control(char letter) {
  if (letter == '\n') return "\\n";
  if (letter == '\r') return "\\r";
  if (letter == '\t') return "\\t";
  return formatted("\\x%02x", static_cast<std::uint8_t>(letter));
}

bool is_control(char letter) { return (letter >= 0 && letter < ' ') || letter == '\x7F'; }

/// The JSON escape of a character; one beyond 16 bits becomes two surrogates.
std::string json_escape(std::uint32_t code) {
  if (code < 0x10000) return formatted("\\u%04x", code);
  code -= 0x10000;
  return formatted("\\u%04x", 0xD800 + (code >> 10U)) +
         formatted("\\u%04x", 0xDC00 + (code & 0x3FFU));
}

bool is_continuation(char byte) { return (static_cast<std::uint8_t>(byte) & 0xC0U) == 0x80U; }

}  // namespace

std::string printable(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const std::string_view letter = text.substr(0, std::max<std::size_t>(1, length));
    if (length == 0) {
      shown += formatted("\\x%02x", static_cast<std::uint8_t>(letter.front()));
    } else if (length == 1) {
      is_control(letter.front()) ? shown += escaped_control(letter.front()) : shown += letter;
    } else if (const std::uint32_t code = code_of(letter); is_hidden(code)) {
      shown += formatted("\\u{%x}", code);
    } else {
      shown += letter;
    }
    text.remove_prefix(letter.size());
  }
  return shown;
}

std::string shortened(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string(text);
  // Keep the end, which mostly says what is wrong.
  std::size_t head = most / 2;
  std::size_t tail = text.size() - most / 3;
  while (head > 0 && is_continuation(text[head])) --head;
  while (tail < text.size() && is_continuation(text[tail])) ++tail;
  std::string shown(text.substr(0, head));
  shown += " [... " + std::to_string(tail - head) + " bytes ...] ";
  return shown += text.substr(tail);
}

std::string printable_json(std::string_view json) {
  std::string shown;
  shown.reserve(json.size());
  while (!json.empty()) {
    const std::size_t length = std::max<std::size_t>(1, utf8_length(json));
    const std::string_view letter = json.substr(0, length);
    const std::uint32_t code = code_of(letter);
    // An unescaped character below 0x20 can only be white space between values.
    code == 0x7F || is_hidden(code) ? shown += json_escape(code) : shown += letter;
    json.remove_prefix(length);
  }
  return shown;
}

std::size_t character_count(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return !is_continuation(byte); }));
}

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
