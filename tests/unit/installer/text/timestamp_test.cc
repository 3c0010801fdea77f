#include "installer/text/timestamp.h"

#include "tests/support/catch.h"

namespace ensure::text {

TEST_CASE("times are microseconds since 1970", "[text][timestamp]") {
  CHECK(parse_timestamp("1970-01-01T00:00:00Z") == 0);
  CHECK(parse_timestamp("2024-05-17T12:34:56.789012Z") == 1715949296789012);
  CHECK(parse_timestamp("2024-05-17T12:34:56.7890129Z") == 1715949296789012);
  CHECK(parse_timestamp("2024-05-17t14:34:56.5+02:00") == 1715949296500000);
  CHECK(parse_timestamp("2024-05-17 12:04:56-00:30") == 1715949296000000);
  CHECK(parse_timestamp("1969-12-31T23:59:59Z") == -1000000);
}

TEST_CASE("what is no time is none", "[text][timestamp]") {
  for (const char* text :
       {"", "2024", "2024-05-17", "2024-05-17T12:34:56", "2024-02-30T00:00:00Z",
        "2024-05-17T24:00:00Z", "2024-05-17T12:60:00Z", "2024-05-17T12:34:56.Z",
        "2024-05-17T12:34:56Zx", "2024-05-17T12:34:56+25:00", "2024-0a-17T12:34:56Z",
        "-024-05-17T12:34:56Z", "2024-05-17T12:34:56+0200"}) {
    INFO(text);
    CHECK_FALSE(parse_timestamp(text).has_value());
  }
}

}  // namespace ensure::text
