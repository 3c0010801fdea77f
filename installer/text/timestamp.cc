#include "installer/text/timestamp.h"

#include <chrono>
#include <cstddef>

#include "installer/text/ascii.h"

namespace ensure::text {
namespace {

/// Takes the parts of a time from the left; `ok` tells whether all were there.
class Taker {
 public:
  explicit Taker(std::string_view text) : rest_(text) {}

  std::int64_t number(std::size_t digits) {
    std::int64_t value = 0;
    if (rest_.size() < digits) {
      ok_ = false;
      return 0;
    }
    for (std::size_t i = 0; i < digits; ++i) {
      if (!is_digit(rest_[i])) ok_ = false;
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(digits);
    return ok_ ? value : 0;
  }

  bool accept(char letter) {
    if (rest_.empty() || lower(rest_.front()) != letter) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void expect(char letter) {
    if (!accept(letter)) ok_ = false;
  }

  std::int64_t microseconds() {
    std::int64_t value = 0;
    std::size_t count = 0;
    for (; !rest_.empty() && is_digit(rest_.front()); rest_.remove_prefix(1), ++count) {
      if (count < 6) value = value * 10 + (rest_.front() - '0');
    }
    if (count == 0) ok_ = false;
    for (; count < 6; ++count) value *= 10;
    return value;
  }

  void refuse() { ok_ = false; }
  [[nodiscard]] bool is_done() const { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

/// The seconds by which a zone is ahead of UTC.
std::int64_t take_zone(Taker& taker) {
  if (taker.accept('z')) return 0;
  const bool is_behind = taker.accept('-');
  if (!is_behind) taker.expect('+');
  const std::int64_t hours = taker.number(2);
  taker.expect(':');
  const std::int64_t minutes = taker.number(2);
  if (hours > 23 || minutes > 59) taker.refuse();
  return (is_behind ? -1 : 1) * (hours * 3600 + minutes * 60);
}

}  // namespace

std::optional<std::int64_t> parse_timestamp(std::string_view text) {
  Taker taker(text);
  const auto year = static_cast<int>(taker.number(4));
  taker.expect('-');
  const auto month = static_cast<unsigned int>(taker.number(2));
  taker.expect('-');
  const auto day = static_cast<unsigned int>(taker.number(2));
  if (!taker.accept('t')) taker.expect(' ');
  const std::int64_t hour = taker.number(2);
  taker.expect(':');
  const std::int64_t minute = taker.number(2);
  taker.expect(':');
  const std::int64_t second = taker.number(2);
  const std::int64_t fraction = taker.accept('.') ? taker.microseconds() : 0;
  const std::int64_t zone = take_zone(taker);
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  // A leap second is the 60th.
  if (!taker.is_done() || !date.ok() || hour > 23 || minute > 59 || second > 60)
    return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return (((days * 24 + hour) * 60 + minute) * 60 + second - zone) * 1000000 + fraction;
}

}  // namespace ensure::text
