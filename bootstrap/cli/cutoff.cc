#include "bootstrap/cli/cutoff.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "installer/base/text.h"
#include "installer/text/characters.h"
#include "installer/text/timestamp.h"

namespace ensure::bootstrap {

namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kDay = kSecond * 24 * 3600;

/// The length of a unit in microseconds; 0 for a name that is not one.
std::int64_t length_of(std::string_view unit) {
  constexpr std::string_view kNames =
      " w week weeks d day days h hour hours m min minute minutes s sec second seconds ";
  if (unit.empty() || kNames.find(' ' + std::string(unit) + ' ') == std::string_view::npos)
    return 0;
  constexpr std::array kLengths = {7 * kDay, kDay, 3600 * kSecond, 60 * kSecond, kSecond};
  return kLengths.at(std::string_view("wdhms").find(unit.front()));
}

std::string_view take_while(std::string_view& rest, bool (*accept)(char)) {
  std::size_t size = 0;
  while (size < rest.size() && accept(rest[size])) ++size;
  const std::string_view taken = rest.substr(0, size);
  rest.remove_prefix(size);
  return taken;
}

/// Microseconds; nullopt for what is not a duration.
std::optional<std::int64_t> parse_duration(std::string_view text) {
  constexpr std::size_t kMostDigits = 6;
  constexpr std::int64_t kLongest = kDay * 1'000'000;  // many of them would overflow the sum
  const std::string lowered = base::to_lower(text);
  std::string_view rest = lowered;
  const bool is_iso = rest.starts_with('p');
  bool in_time = false;  // in ISO 8601, M is a month before the T
  if (is_iso) rest.remove_prefix(1);
  std::int64_t total = 0;
  do {
    if (is_iso && !in_time && rest.starts_with('t')) {
      in_time = true;
      rest.remove_prefix(1);
    }
    const std::string_view digits = take_while(rest, text::is_digit);
    if (!is_iso) rest = text::strip_leading_whitespace(rest);
    const std::string_view unit = is_iso ? rest.substr(0, 1) : take_while(rest, text::is_letter);
    if (is_iso) rest.remove_prefix(unit.size());
    std::int64_t length = length_of(unit);
    if (is_iso && in_time != (length < kDay)) length = 0;
    if (digits.empty() || digits.size() > kMostDigits || length == 0) return std::nullopt;
    std::int64_t number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    total += number * length;
    if (total > kLongest) return std::nullopt;
    if (!is_iso) rest = text::strip_leading_whitespace(rest);
  } while (!rest.empty());
  return total;
}

/// `2026-11-25` for `20261125`.
std::string with_hyphens(std::string_view text) {
  std::string date(text);
  if (date.substr(0, 8).find_first_not_of("0123456789") == std::string::npos && date.size() >= 8) {
    date.insert(6, "-").insert(4, "-");
  }
  return date;
}

}  // namespace

std::optional<std::int64_t> parse_cutoff(std::string_view text, std::int64_t now) {
  constexpr std::size_t kDateSize = 10;        // 2026-11-25
  constexpr std::size_t kWithoutSeconds = 16;  // 2026-11-25T12:00
  text = base::trim(text);
  if (const std::optional<std::int64_t> before = parse_duration(text)) return now - *before;
  std::string moment = with_hyphens(text);
  if (moment.size() == kDateSize) {
    const std::optional<std::int64_t> day = text::parse_timestamp(moment + "T00:00:00Z");
    return day ? std::optional(*day + kDay) : std::nullopt;
  }
  const std::size_t end = std::min(moment.find_first_of("zZ+-", kDateSize), moment.size());
  std::string zone = moment.substr(end);
  moment.resize(end);
  if (moment.size() == kWithoutSeconds) moment += ":00";
  if (zone.empty()) zone = "Z";
  if (zone.size() == 3) zone += ":00";                                               // +01
  if (zone.size() == 5 && zone.find(':') == std::string::npos) zone.insert(3, ":");  // +0100
  return text::parse_timestamp(moment + zone);
}

}  // namespace ensure::bootstrap
