#include "installer/net/http_date.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <vector>

#include "installer/base/text.h"

namespace ensure::net {

namespace {

constexpr std::array<std::string_view, 12> kMonths{"jan", "feb", "mar", "apr", "may", "jun",
                                                   "jul", "aug", "sep", "oct", "nov", "dec"};

std::optional<int> try_parse_number(std::string_view text) {
  int number = 0;
  const auto [stop, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_whole = stop == text.data() + text.size();
  if (problem != std::errc() || !is_whole || number < 0) return std::nullopt;
  return number;
}

/// The words of a date: blanks, commas, colons and hyphens part them.
std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t begin = std::min(text.find_first_not_of(" ,:-"), text.size());
    text.remove_prefix(begin);
    const std::size_t end = std::min(text.find_first_of(" ,:-"), text.size());
    if (end > 0) words.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return words;
}

std::optional<unsigned> try_parse_month(std::string_view text) {
  const std::string lower = base::to_lower(text);
  const auto* const found = std::ranges::find(kMonths, lower);
  if (found == kMonths.end()) return std::nullopt;
  return static_cast<unsigned>(found - kMonths.begin()) + 1;
}

/// Two digits mean a year of this century or the last one, whichever is nearer to 2020.
int full_year(int year, std::size_t digits) {
  if (digits > 2) return year;
  return year < 70 ? 2000 + year : 1900 + year;
}

}  // namespace

std::optional<std::chrono::sys_seconds> try_parse_http_date(std::string_view text) {
  const std::vector<std::string_view> words = words_of(text);
  if (words.size() < 7) return std::nullopt;
  // "Sun Nov 6 08 49 37 1994" has the month first, the others "Sun 06 Nov 1994 08 49 37 GMT".
  const bool is_asctime = try_parse_month(words[1]).has_value();
  const auto month = try_parse_month(words[is_asctime ? 1 : 2]);
  const auto day = try_parse_number(words[is_asctime ? 2 : 1]);
  const std::string_view year_text = words[is_asctime ? 6 : 3];
  const auto year = try_parse_number(year_text);
  const std::size_t time = is_asctime ? 3 : 4;
  const auto hour = try_parse_number(words[time]);
  const auto minute = try_parse_number(words[time + 1]);
  const auto second = try_parse_number(words[time + 2]);
  if (!month || !day || !year || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(full_year(*year, year_text.size())),
                                         std::chrono::month(*month),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(*second);
}

std::optional<std::chrono::seconds> try_parse_retry_after(std::string_view text,
                                                          std::chrono::sys_seconds now) {
  text = base::trim(text);
  if (const auto seconds = try_parse_number(text)) return std::chrono::seconds(*seconds);
  const auto date = try_parse_http_date(text);
  if (!date) return std::nullopt;
  return std::max(*date - now, std::chrono::seconds(0));
}

}  // namespace ensure::net
