#include "bootstrap/cli/option_values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "installer/text/timestamp.h"

namespace ensure::bootstrap {

namespace {

base::Error bad_value(std::string_view option, const std::string& value,
                      const std::string& expected) {
  return base::Error(base::ExitCode::kUsage,
                     "invalid value `" + value + "` of `" + std::string(option) + "`")
      .with_hint("give " + expected);
}

}  // namespace

std::chrono::milliseconds seconds_value(std::string_view option, const std::string& value) {
  double seconds = 0;
  const char* end = value.data() + value.size();
  const auto [stop, failure] = std::from_chars(value.data(), end, seconds);
  const bool sensible = seconds >= 0 && seconds < 1e9;  // false for NaN as well
  if (failure != std::errc() || stop != end || !sensible) {
    throw bad_value(option, value, "a number of seconds, such as `10` or `0.5`");
  }
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

std::chrono::milliseconds time_limit_value(std::string_view option, const std::string& value) {
  const std::chrono::milliseconds limit = seconds_value(option, value);
  if (limit.count() == 0) throw bad_value(option, value, "more than no time, such as `15`");
  return limit;
}

bool flag_value(std::string_view option, const std::string& value) {
  constexpr std::array<std::string_view, 6> kTrue = {"1", "true", "yes", "on", "y", "t"};
  constexpr std::array<std::string_view, 6> kFalse = {"0", "false", "no", "off", "n", "f"};
  const std::string lower = base::to_lower(base::trim(value));
  if (std::ranges::find(kTrue, lower) != kTrue.end()) return true;
  if (std::ranges::find(kFalse, lower) != kFalse.end()) return false;
  throw bad_value(option, value, "`yes` or `no`");
}

std::size_t count_value(std::string_view option, const std::string& value) {
  std::size_t count = 0;
  const char* end = value.data() + value.size();
  const auto [stop, failure] = std::from_chars(value.data(), end, count);
  if (failure != std::errc() || stop != end || count > 1000) {
    throw bad_value(option, value, "a number from 0 to 1000");
  }
  return count;
}

std::size_t positive_count_value(std::string_view option, const std::string& value) {
  const std::size_t count = count_value(option, value);
  if (count == 0) throw bad_value(option, value, "a number from 1 to 1000");
  return count;
}

std::int64_t time_value(std::string_view option, const std::string& value) {
  constexpr std::size_t kDateSize = 10;  // 2026-11-25
  const bool is_date = value.size() == kDateSize;
  const std::optional<std::int64_t> time =
      text::parse_timestamp(is_date ? value + "T23:59:59.999999Z" : value);
  if (!time) {
    throw bad_value(option, value,
                    "a date such as `2026-11-25`, or a time in the form of RFC 3339");
  }
  return *time;
}

std::size_t choice_value(std::string_view option, const std::string& value,
                         std::string_view choices) {
  const std::vector<std::string_view> names = base::split(choices, ' ');
  std::string all;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == value) return i;
    all += i == 0 ? "`" : i + 1 == names.size() ? " or `" : ", `";
    all += std::string(names[i]) + "`";
  }
  throw bad_value(option, value, all);
}

}  // namespace ensure::bootstrap
