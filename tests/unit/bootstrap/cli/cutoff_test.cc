#include "bootstrap/cli/cutoff.h"

#include <string>

#include "installer/text/timestamp.h"
#include "tests/support/catch.h"

namespace ensure::bootstrap {
namespace {

constexpr std::int64_t kHour = 3600LL * 1'000'000;
constexpr std::int64_t kNow = 1000 * 24 * kHour;

std::int64_t at(const char* moment) { return text::parse_timestamp(moment).value(); }

TEST_CASE("a day ends where the next begins", "[bootstrap][cutoff]") {
  for (const char* const day : {"2024-02-28", "20240228", " 2024-02-28 "}) {
    CAPTURE(day);
    CHECK(parse_cutoff(day, kNow) == at("2024-02-29T00:00:00Z"));
  }
}

TEST_CASE("moments may leave out what other tools leave out", "[bootstrap][cutoff]") {
  const std::int64_t moment = at("2024-02-28T12:30:00Z");
  for (const char* const text :
       {"2024-02-28T12:30:00Z", "2024-02-28 12:30:00Z", "2024-02-28T12:30:00", "2024-02-28T12:30",
        "20240228T12:30", "2024-02-28T13:30:00+0100", "2024-02-28T13:30:00+01:00",
        "2024-02-28T13:30+01", "2024-02-28T10:00:00-0230"}) {
    CAPTURE(text);
    CHECK(parse_cutoff(text, kNow) == moment);
  }
}

TEST_CASE("a duration counts back from now", "[bootstrap][cutoff]") {
  struct Case {
    const char* text;
    std::int64_t hours;
  };
  for (const Case& test : {Case{"3 days", 72},
                           {"24h", 24},
                           {"24 Hours", 24},
                           {"1 week", 168},
                           {"1 week 2 days", 216},
                           {"1d12h", 36},
                           {"P3D", 72},
                           {"p1w", 168},
                           {"P1DT12H", 36},
                           {"PT120M", 2},
                           {"7200 seconds", 2},
                           {"0d", 0}}) {
    CAPTURE(test.text);
    CHECK(parse_cutoff(test.text, kNow) == kNow - test.hours * kHour);
  }
}

TEST_CASE("a sum of durations is bounded", "[bootstrap][cutoff]") {
  CHECK(parse_cutoff("1000000 days", kNow) == std::nullopt);  // seven digits
  CHECK(parse_cutoff("999999 days 1 day", kNow) == kNow - 1'000'000 * 24 * kHour);
  CHECK_FALSE(parse_cutoff("999999 days 2 days", kNow));
  std::string many;
  for (int i = 0; i < 100; ++i) many += "999999w ";
  CHECK_FALSE(parse_cutoff(many, kNow));
}

TEST_CASE("other texts are no cutoff", "[bootstrap][cutoff]") {
  for (const char* const text :
       {"", "yesterday", "3", "days", "3 moons", "-3 days", "P", "PT", "P1M", "P1Y", "P12H", "PT1D",
        "3 days ago", "9999999 days", "2024-13-01", "2024-02-30", "202402280", "2024-02-28T25:00",
        "2024-02-28T12:30:00+1"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_cutoff(text, kNow));
  }
}

}  // namespace
}  // namespace ensure::bootstrap
