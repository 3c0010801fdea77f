#include "installer/text/toml_scanner.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "installer/text/characters.h"
#include "installer/text/timestamp.h"

namespace ensure::text {
namespace {

bool is_bare_key(char letter) {
  return is_letter_or_digit(letter) || letter == '_' || letter == '-';
}

bool is_word(char letter) {
  return is_bare_key(letter) || letter == '+' || letter == '.' || letter == ':';
}

bool is_control(char letter) {
  const auto byte = static_cast<unsigned char>(letter);
  return (byte < 0x20 && letter != '\t' && letter != '\n') || byte == 0x7F;
}

// "2024-05-17": a time may follow after a space.
bool is_date(std::string_view word) {
  return word.size() == 10 && word[4] == '-' && word[7] == '-';
}

}  // namespace

TomlScanner::TomlScanner(std::string_view text) : text_(text) {
  if (text.size() > kMaximumSize) {
    base::ParseError refusal("this TOML document has " + std::to_string(text.size()) +
                                 " bytes, and at most " + std::to_string(kMaximumSize) +
                                 " are read",
                             {}, 0);
    refusal.add_hint("split the document, or remove what it does not need");
    throw refusal;
  }
  accept("\xEF\xBB\xBF");  // a byte order mark
  check_characters();
}

void TomlScanner::check_characters() {
  const std::size_t first = position_;
  while (!at_end()) {
    const std::string_view rest = text_.substr(position_);
    const std::size_t length = base::utf8_length(rest);
    if (length == 0) fail("the text is not UTF-8");
    if (is_control(rest.front()) && !rest.starts_with("\r\n")) {
      fail("control characters have to be escaped");
    }
    position_ += length;
  }
  position_ = first;
}

void TomlScanner::skip_blanks() {
  while (peek() == ' ' || peek() == '\t') ++position_;
}

void TomlScanner::skip_comment() {
  if (peek() == '#') position_ = std::min(text_.find('\n', position_), text_.size());
}

void TomlScanner::accept_line_end() {
  if (peek() == '\r') ++position_;  // `check_characters` ensures that a line feed follows
  if (peek() == '\n') ++position_;
}

void TomlScanner::skip_lines() {
  for (std::size_t before = position_ + 1; before != position_;) {
    before = position_;
    skip_blanks();
    skip_comment();
    accept_line_end();
  }
}

void TomlScanner::end_line() {
  skip_blanks();
  skip_comment();
  if (!at_end() && peek() != '\r' && peek() != '\n') fail("expected the end of the line");
  accept_line_end();
}

bool TomlScanner::accept(std::string_view token) {
  if (!text_.substr(position_).starts_with(token)) return false;
  position_ += token.size();
  return true;
}

void TomlScanner::expect(std::string_view token) {
  if (!accept(token)) fail("expected `" + std::string(token) + "`");
}

std::vector<std::string> TomlScanner::key() {
  std::vector<std::string> parts;
  do {
    if (parts.size() == kMaximumDepth) {
      fail("a key has more than " + std::to_string(kMaximumDepth) + " parts");
    }
    skip_blanks();
    parts.push_back(key_part());
    skip_blanks();
  } while (accept("."));
  return parts;
}

std::string TomlScanner::key_part() {
  if (peek() == '"' || peek() == '\'') return string(false);
  const std::size_t start = position_;
  while (is_bare_key(peek())) ++position_;
  if (position_ == start) fail("expected a key");
  return std::string(text_.substr(start, position_ - start));
}

// A line end right after three quotation marks is not part of the string; one or two quotation
// marks may come right before the three that end it.
std::string TomlScanner::string(bool may_have_lines) {
  const char quote = peek();
  const bool has_lines = may_have_lines && accept(std::string(3, quote));
  if (has_lines) {
    accept_line_end();
  } else {
    ++position_;
  }
  const std::string end(has_lines ? 3 : 1, quote);
  std::string text;
  while (!accept(end)) {
    if (at_end() && has_lines) fail("a string over several lines does not end");
    if (!has_lines && (at_end() || peek() == '\n' || peek() == '\r')) {
      fail("a string does not end on its line");
    }
    if (quote == '"' && peek() == '\\') {
      escape(text, has_lines);
    } else {
      if (peek() != '\r') text += peek();
      ++position_;
    }
  }
  for (int more = 0; has_lines && more < 2 && peek() == quote; ++more) text += text_[position_++];
  return text;
}

void TomlScanner::escape(std::string& text, bool has_lines) {
  static constexpr std::string_view kLetters = "btnfr\"\\uU";
  static constexpr std::string_view kMeanings = "\b\t\n\f\r\"\\";
  ++position_;
  if (has_lines && skip_escaped_lines()) return;
  const std::size_t index = kLetters.find(peek());
  if (at_end() || index == std::string_view::npos) {
    fail("a string contains an unknown escape sequence");
  }
  ++position_;
  if (index < kMeanings.size()) {
    text += kMeanings[index];
  } else {
    unicode_escape(text, index == kMeanings.size() ? 4 : 8);
  }
}

void TomlScanner::unicode_escape(std::string& text, std::size_t digits) {
  const std::string_view number = text_.substr(position_, digits);
  std::uint32_t code = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), code, 16);
  const bool is_whole =
      number.size() == digits && error == std::errc() && end == number.data() + number.size();
  const bool is_surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (!is_whole || code > 0x10FFFF || is_surrogate) {
    fail("a string contains an escape sequence that is not a character");
  }
  position_ += digits;
  append_utf8(text, code);
}

// A backslash before a line end removes all white space up to the next visible character.
bool TomlScanner::skip_escaped_lines() {
  const std::size_t start = position_;
  skip_blanks();
  if (peek() != '\r' && peek() != '\n') {
    position_ = start;
    return false;
  }
  while (peek() == ' ' || peek() == '\t' || peek() == '\r' || peek() == '\n') ++position_;
  return true;
}

std::string_view TomlScanner::word() {
  const std::size_t start = position_;
  while (is_word(peek())) ++position_;
  const bool time_follows = peek() == ' ' && position_ + 3 < text_.size() &&
                            is_digit(text_[position_ + 1]) && text_[position_ + 3] == ':';
  if (time_follows && is_date(text_.substr(start, position_ - start))) {
    ++position_;
    while (is_word(peek())) ++position_;
  }
  return text_.substr(start, position_ - start);
}

void TomlScanner::fail(std::string_view problem) const {
  static constexpr std::size_t kShown = 80;
  const std::string_view before = text_.substr(0, position_);
  const std::size_t start = before.find_last_of('\n') + 1;
  const std::string_view line = text_.substr(start, text_.find_first_of("\r\n", start) - start);
  base::ParseError refusal(
      "not TOML at line " + std::to_string(std::ranges::count(before, '\n') + 1) + ": " +
          std::string(problem),
      std::string(line.substr(0, kShown)), std::min(position_ - start, kShown));
  refusal.add_hint("see the TOML specification for how values are written");
  throw refusal;
}

namespace {

TomlValue plain(TomlKind kind, std::int64_t number = 0) {
  TomlValue value;
  value.kind = kind;
  value.number = number;
  return value;
}

/// `word` without underscores, each of which has to stand between two digits.
std::optional<std::string> without_underscores(std::string_view word, bool is_hexadecimal) {
  const auto is_a_digit = [is_hexadecimal](char letter) {
    return is_digit(letter) || (is_hexadecimal && lower(letter) >= 'a' && lower(letter) <= 'f');
  };
  std::string text;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (word[i] != '_') {
      text += word[i];
    } else if (i == 0 || i + 1 == word.size() || !is_a_digit(word[i - 1]) ||
               !is_a_digit(word[i + 1])) {
      return std::nullopt;
    }
  }
  return text;
}

std::optional<TomlValue> integer(std::string_view digits, int base) {
  std::int64_t number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
  if (error != std::errc() || stop != end) return std::nullopt;
  return plain(TomlKind::kInteger, number);
}

/// "0xFF", "0o17" or "0b1", without a sign.
std::optional<TomlValue> prefixed_integer(std::string_view word, int base) {
  const auto digits = without_underscores(word.substr(2), true);
  if (!digits || digits->starts_with('-')) return std::nullopt;
  return integer(*digits, base);
}

bool take_digits(std::string_view& rest) {
  const std::size_t before = rest.size();
  while (!rest.empty() && is_digit(rest.front())) rest.remove_prefix(1);
  return rest.size() < before;
}

bool accept_any(std::string_view& rest, std::string_view letters) {
  if (rest.empty() || letters.find(rest.front()) == std::string_view::npos) return false;
  rest.remove_prefix(1);
  return true;
}

std::optional<TomlValue> decimal(std::string_view word) {
  const auto text = without_underscores(word, false);
  if (!text) return std::nullopt;
  std::string_view rest = *text;
  accept_any(rest, "+-");
  if (rest == "inf" || rest == "nan") return plain(TomlKind::kFloat);
  const bool has_leading_zero = rest.size() > 1 && rest[0] == '0' && is_digit(rest[1]);
  if (has_leading_zero || !take_digits(rest)) return std::nullopt;
  // `from_chars` accepts no plus sign.
  if (rest.empty()) return integer(text->starts_with('+') ? text->substr(1) : *text, 10);
  if (accept_any(rest, ".") && !take_digits(rest)) return std::nullopt;
  if (accept_any(rest, "eE")) {
    accept_any(rest, "+-");
    if (!take_digits(rest)) return std::nullopt;
  }
  if (!rest.empty()) return std::nullopt;
  return plain(TomlKind::kFloat);
}

/// A date, with or without a time, with or without a zone, which is UTC by default.
std::optional<TomlValue> date(std::string_view word) {
  for (const char* const missing : {"", "Z", "T00:00:00Z"}) {
    const auto time = parse_timestamp(std::string(word) + missing);
    if (time) return plain(TomlKind::kTime, *time);
  }
  return std::nullopt;
}

}  // namespace

std::optional<TomlValue> parse_toml_scalar(std::string_view word) {
  if (word == "true" || word == "false") return plain(TomlKind::kBoolean, word == "true" ? 1 : 0);
  if (word.size() > 2 && word[2] == ':') {
    if (!parse_timestamp("1970-01-01T" + std::string(word) + 'Z')) return std::nullopt;
    return plain(TomlKind::kTimeOfDay);
  }
  if (word.size() > 4 && word[4] == '-' && is_digit(word[3])) return date(word);
  if (word.starts_with("0x")) return prefixed_integer(word, 16);
  if (word.starts_with("0o")) return prefixed_integer(word, 8);
  if (word.starts_with("0b")) return prefixed_integer(word, 2);
  return decimal(word);
}

}  // namespace ensure::text
