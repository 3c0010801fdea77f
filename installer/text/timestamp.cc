#include "installer/text/timestamp.h"

#include <array>
#include <chrono>
#include <cstddef>

#include "installer/text/characters.h"

namespace ensure::text {
namespace {

/// Takes digits and separators that have the form of `form`, in which 0 stands for any digit.
/// Returns the numbers between the separators.
template <std::size_t Count>
std::optional<std::array<std::int64_t, Count>> take_numbers(std::string_view& rest,
                                                            std::string_view form) {
  std::array<std::int64_t, Count> numbers{};
  if (rest.size() < form.size()) return std::nullopt;
  std::size_t index = 0;
  for (std::size_t i = 0; i < form.size(); ++i) {
    const char letter = rest[i] == ' ' ? 't' : lower(rest[i]);
    if (form[i] == '0' ? !is_digit(letter) : letter != form[i]) return std::nullopt;
    if (form[i] != '0') {
      ++index;
    } else {
      numbers.at(index) = numbers.at(index) * 10 + (letter - '0');
    }
  }
  rest.remove_prefix(form.size());
  return numbers;
}

/// ".5" as microseconds; further digits do not count.
std::optional<std::int64_t> take_fraction(std::string_view& rest) {
  if (!rest.starts_with('.')) return 0;
  rest.remove_prefix(1);
  if (rest.empty() || !is_digit(rest.front())) return std::nullopt;
  std::int64_t value = 0;
  for (std::int64_t unit = 100'000; !rest.empty() && is_digit(rest.front()); unit /= 10) {
    value += unit * (rest.front() - '0');
    rest.remove_prefix(1);
  }
  return value;
}

/// "Z" or "+01:30", as the seconds by which the zone is ahead of UTC.
std::optional<std::int64_t> zone_offset(std::string_view zone) {
  if (zone == "Z" || zone == "z") return 0;
  const bool is_behind = zone.starts_with('-');
  if (!is_behind && !zone.starts_with('+')) return std::nullopt;
  zone.remove_prefix(1);
  const auto offset = take_numbers<2>(zone, "00:00");
  if (!offset || !zone.empty() || (*offset)[0] > 23 || (*offset)[1] > 59) return std::nullopt;
  return (is_behind ? -60 : 60) * ((*offset)[0] * 60 + (*offset)[1]);
}

}  // namespace

std::optional<std::int64_t> parse_timestamp(std::string_view text) {
  const auto numbers = take_numbers<6>(text, "0000-00-00t00:00:00");
  if (!numbers) return std::nullopt;
  const auto [year, month, day, hour, minute, second] = *numbers;
  const std::optional<std::int64_t> fraction = take_fraction(text);
  const std::optional<std::int64_t> zone = zone_offset(text);
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  // A leap second is the 60th.
  if (!fraction || !zone || !date.ok() || hour > 23 || minute > 59 || second > 60) {
    return std::nullopt;
  }
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return (((days * 24 + hour) * 60 + minute) * 60 + second - *zone) * 1'000'000 + *fraction;
}

}  // namespace ensure::text
