#include "installer/text/json_reader.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <system_error>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "installer/text/characters.h"

namespace ensure::text {
namespace {

/// Deeper than any page. Skipping is recursive and must not exhaust the stack.
constexpr std::size_t kDeepest = 128;
constexpr std::uint32_t kReplacement = 0xFFFD;
constexpr std::size_t kExcerpt = 40;  // bytes of the text in a message

constexpr std::uint64_t repeated(unsigned char byte) { return 0x0101010101010101U * byte; }

/// The high bit of each byte of `word` that is zero, up to the first one exactly.
constexpr std::uint64_t zero_bytes(std::uint64_t word) {
  return (word - repeated(0x01)) & ~word & repeated(0x80);
}

/// Whether one of 8 bytes ends a run of plain letters: a quote, a backslash, a control letter.
bool has_special(std::uint64_t word) {
  const std::uint64_t quotes = zero_bytes(word ^ repeated('"'));
  const std::uint64_t backslashes = zero_bytes(word ^ repeated('\\'));
  const std::uint64_t controls = (word - repeated(0x20)) & ~word & repeated(0x80);
  return (quotes | backslashes | controls) != 0;
}

bool is_special(char letter) {
  return letter == '"' || letter == '\\' || static_cast<unsigned char>(letter) < 0x20;
}

/// A run of plain letters.
struct Run {
  std::size_t end;
  bool is_ascii;
};

Run plain_run(std::string_view text, std::size_t start) {
  std::uint64_t all = 0;
  while (start + sizeof all <= text.size()) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + start, sizeof word);
    if (has_special(word)) break;
    all |= word;
    start += sizeof word;
  }
  for (; start < text.size() && !is_special(text[start]); ++start) {
    all |= static_cast<unsigned char>(text[start]);
  }
  return {start, (all & repeated(0x80)) == 0};
}

}  // namespace

void JsonReader::fail(std::string_view expected) const {
  const std::string_view rest = text_.substr(std::min(position_, text_.size()), kExcerpt);
  std::string message =
      "not JSON at byte " + std::to_string(position_) + ": expected " + std::string(expected);
  base::ParseError error(std::move(message), std::string(rest), 0);
  error.add_hint("the text was cut off or is of another kind");
  throw error;
}

void JsonReader::skip_blanks() {
  while (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t') ++position_;
}

bool JsonReader::accept(char letter) {
  skip_blanks();
  if (position_ == text_.size() || text_[position_] != letter) return false;
  ++position_;
  return true;
}

void JsonReader::expect(char letter) {
  if (!accept(letter)) fail(std::string{'`', letter, '`'});
}

void JsonReader::enter(char bracket) {
  expect(bracket);
  if (++depth_ > kDeepest) fail("less nesting");
}

bool JsonReader::goes_on(char closing) {
  if (accept(',')) return true;
  if (!accept(closing)) fail(std::string("`,` or `") + closing + '`');
  return false;
}

JsonKind JsonReader::kind() {
  // In the order of the kinds; what follows begins a number.
  static constexpr std::string_view kFirstBytes = "{[\"tfn-0123456789";
  skip_blanks();
  const std::size_t place = kFirstBytes.find(peek());
  if (place == std::string_view::npos) fail("a value");
  return static_cast<JsonKind>(std::min(place, kFirstBytes.find('-')));
}

std::string_view JsonReader::string() {
  expect('"');
  const std::size_t start = position_;
  const Run run = plain_run(text_, position_);
  position_ = run.end;
  if (peek() == '\\') return unescape(start);
  const std::string_view found = text_.substr(start, position_ - start);
  take_quote();
  return run.is_ascii ? found : checked(found);
}

void JsonReader::take_quote() {
  if (position_ == text_.size() || text_[position_] != '"') fail("the end of a string");
  ++position_;
}

std::string_view JsonReader::checked(std::string_view text) const {
  if (!base::is_utf8(text)) fail("UTF-8");
  return text;
}

std::string_view JsonReader::unescape(std::size_t start) {
  std::string& text = unescaped_.emplace_back(text_.substr(start, position_ - start));
  while (peek() == '\\') {
    ++position_;
    append_escape(text);
    const std::size_t plain = position_;
    position_ = plain_run(text_, position_).end;
    text += text_.substr(plain, position_ - plain);
  }
  take_quote();
  return checked(text);
}

void JsonReader::append_escape(std::string& text) {
  static constexpr std::string_view kEscapes = "\"\\/bfnrtu";
  static constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  const std::size_t place = kEscapes.find(peek());
  if (place == std::string_view::npos) fail("an escape sequence");
  ++position_;
  if (place < kMeanings.size()) {
    text += kMeanings[place];
    return;
  }
  std::uint32_t code = hex_quad();
  if (code >= 0xD800 && code < 0xDC00 && text_.substr(position_).starts_with("\\u")) {
    const std::size_t second = position_;
    position_ += 2;
    const std::uint32_t low = hex_quad();
    const bool is_pair = low >= 0xDC00 && low <= 0xDFFF;
    if (is_pair) code = 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00);
    if (!is_pair) position_ = second;
  }
  // JSON allows half a character (RFC 8259, section 8.2): one text must not spoil a whole page.
  if (code >= 0xD800 && code <= 0xDFFF) code = kReplacement;
  append_utf8(text, code);
}

std::uint32_t JsonReader::hex_quad() {
  const std::string_view digits = text_.substr(position_, 4);
  const char* const end = digits.data() + digits.size();
  std::uint32_t value = 0;
  const auto [stop, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (digits.size() < 4 || stop != end || error != std::errc()) fail("four hexadecimal digits");
  position_ += 4;
  return value;
}

void JsonReader::skip_digits() {
  if (!is_digit(peek())) fail("a digit");
  while (is_digit(peek())) ++position_;
}

std::string_view JsonReader::number() {
  skip_blanks();
  const std::size_t start = position_;
  const auto skip_any = [this](std::string_view letters) {
    const bool found = position_ < text_.size() && letters.find(peek()) != std::string_view::npos;
    if (found) ++position_;
    return found;
  };
  skip_any("-");
  if (!skip_any("0")) skip_digits();
  if (skip_any(".")) skip_digits();
  if (skip_any("eE")) {
    skip_any("+-");
    skip_digits();
  }
  return text_.substr(start, position_ - start);
}

void JsonReader::skip() {
  const JsonKind next = kind();
  if (next == JsonKind::kObject) return object([this](std::string_view /*key*/) { skip(); });
  if (next == JsonKind::kArray) return array([this] { skip(); });
  if (next == JsonKind::kString) return void(string());
  if (next == JsonKind::kNumber) return void(number());
  const std::string_view word = next == JsonKind::kTrue    ? "true"
                                : next == JsonKind::kFalse ? "false"
                                                           : "null";
  if (!text_.substr(position_).starts_with(word)) fail("a value");
  position_ += word.size();
}

void JsonReader::expect_end() {
  skip_blanks();
  if (position_ != text_.size()) fail("the end");
}

}  // namespace ensure::text
