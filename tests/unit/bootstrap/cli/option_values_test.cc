#include <chrono>
#include <string>

#include "bootstrap/cli/option_table.h"
#include "installer/base/error.h"
#include "tests/support/catch.h"

using ensure::base::Error;
using namespace ensure::bootstrap;

TEST_CASE("Seconds may have a fraction", "[bootstrap][option_values]") {
  CHECK(seconds_value("--timeout", "15") == std::chrono::seconds(15));
  CHECK(seconds_value("--timeout", "0.5") == std::chrono::milliseconds(500));
  for (const char* wrong : {"", "-1", "ten", "1s", "nan", "inf"}) {
    CAPTURE(wrong);
    CHECK_THROWS_AS(seconds_value("--timeout", wrong), Error);
  }
}

TEST_CASE("A date means its end, a time itself", "[bootstrap][option_values]") {
  const std::int64_t day = time_value("--exclude-newer", "1970-01-01");
  CHECK(day == 24LL * 3600 * 1'000'000);
  CHECK(time_value("--exclude-newer", "1970-01-01T00:00:01Z") == 1'000'000);
  for (const char* wrong : {"", "1970", "1970-13-01", "yesterday"}) {
    CAPTURE(wrong);
    CHECK_THROWS_AS(time_value("--exclude-newer", wrong), Error);
  }
}

TEST_CASE("A count may be limited to one at least", "[bootstrap][option_values]") {
  CHECK(count_value("--retries", "0") == 0);
  CHECK(count_value("--jobs", "1000", 1) == 1000);
  CHECK_THROWS_AS(count_value("--jobs", "0", 1), Error);
  CHECK_THROWS_AS(count_value("--retries", "1001"), Error);
}

TEST_CASE("A choice is one of its words", "[bootstrap][option_values]") {
  CHECK(choice_value("--color", "never", "auto always never") == 2);
  try {
    (void)choice_value("--color", "nevr", "auto always never");
    FAIL("taken");
  } catch (const Error& error) {
    REQUIRE_FALSE(error.hints().empty());
    CHECK(error.hints().front() == "give `auto`, `always` or `never`");
  }
}
