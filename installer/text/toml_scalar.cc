#include "installer/text/toml_scalar.h"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <system_error>
#include <utility>

#include "installer/text/ascii.h"
#include "installer/text/timestamp.h"

namespace ensure::text {
namespace {

TomlValue plain(TomlKind kind, std::int64_t number = 0) {
  TomlValue value;
  value.kind = kind;
  value.number = number;
  return value;
}

bool is_hexadecimal(char letter) {
  return is_digit(letter) || (lower(letter) >= 'a' && lower(letter) <= 'f');
}

// An underscore stands between two digits; nullopt where one stands elsewhere.
template <class IsDigit>
std::optional<std::string> without_underscores(std::string_view word, IsDigit is_a_digit) {
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
  const auto [stop, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
  if (error != std::errc() || stop != digits.data() + digits.size()) return std::nullopt;
  return plain(TomlKind::kInteger, number);
}

// "0xFF", "0o17" or "0b1", without a sign.
std::optional<TomlValue> prefixed_integer(std::string_view word, int base) {
  const auto digits = without_underscores(word.substr(2), is_hexadecimal);
  if (!digits || digits->starts_with('-')) return std::nullopt;
  return integer(*digits, base);
}

std::size_t take_digits(std::string_view& rest) {
  std::size_t count = 0;
  while (count < rest.size() && is_digit(rest[count])) ++count;
  rest.remove_prefix(count);
  return count;
}

bool take_sign(std::string_view& rest) {
  const bool has_sign = rest.starts_with('+') || rest.starts_with('-');
  if (has_sign) rest.remove_prefix(1);
  return has_sign;
}

std::optional<TomlValue> decimal(std::string_view word) {
  const auto text = without_underscores(word, is_digit);
  if (!text) return std::nullopt;
  std::string_view rest = *text;
  take_sign(rest);
  if (rest == "inf" || rest == "nan") return plain(TomlKind::kFloat);
  const bool has_leading_zero = rest.starts_with('0');
  const std::size_t digits = take_digits(rest);
  if (digits == 0 || (has_leading_zero && digits > 1)) return std::nullopt;
  // `from_chars` knows no plus sign.
  if (rest.empty()) return integer(text->starts_with('+') ? text->substr(1) : *text, 10);
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    if (take_digits(rest) == 0) return std::nullopt;
  }
  if (rest.starts_with('e') || rest.starts_with('E')) {
    rest.remove_prefix(1);
    take_sign(rest);
    if (take_digits(rest) == 0) return std::nullopt;
  }
  if (!rest.empty()) return std::nullopt;
  return plain(TomlKind::kFloat);
}

// A date, with or without a time, with or without a zone: what has none counts as UTC.
std::optional<TomlValue> date(std::string_view word) {
  std::optional<std::int64_t> time = parse_timestamp(word);
  if (!time) time = parse_timestamp(std::string(word) + 'Z');
  if (!time) time = parse_timestamp(std::string(word) + "T00:00:00Z");
  if (!time) return std::nullopt;
  return plain(TomlKind::kTime, *time);
}

std::optional<TomlValue> time_of_day(std::string_view word) {
  if (!parse_timestamp("1970-01-01T" + std::string(word) + 'Z')) return std::nullopt;
  return plain(TomlKind::kTimeOfDay);
}

}  // namespace

std::optional<TomlValue> parse_toml_scalar(std::string_view word) {
  if (word == "true" || word == "false") return plain(TomlKind::kBoolean, word == "true" ? 1 : 0);
  if (word.size() > 2 && word[2] == ':') return time_of_day(word);
  if (word.size() > 4 && word[4] == '-' && is_digit(word[3])) return date(word);
  if (word.starts_with("0x")) return prefixed_integer(word, 16);
  if (word.starts_with("0o")) return prefixed_integer(word, 8);
  if (word.starts_with("0b")) return prefixed_integer(word, 2);
  return decimal(word);
}

}  // namespace ensure::text
