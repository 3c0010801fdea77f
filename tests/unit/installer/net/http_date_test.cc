#include "installer/net/http_date.h"

#include "tests/support/catch.h"

namespace {

using namespace ensure::net;
using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr sys_seconds kExample{seconds(784111777)};  // of RFC 9110, section 5.6.7

TEST_CASE("the three forms of a date are one date", "[net][http_date]") {
  for (const char* text : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                           "Sun Nov  6 08:49:37 1994", "  sun, 6 nov 1994 08:49:37 gmt"}) {
    CAPTURE(text);
    CHECK(try_parse_http_date(text) == kExample);
  }
  CHECK(try_parse_http_date("Friday, 01-Jan-27 00:00:00 GMT") ==
        std::chrono::sys_days(std::chrono::year(2027) / 1 / 1));
}

TEST_CASE("what is no date is none", "[net][http_date]") {
  for (const char* text :
       {"", "soon", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994", "Sun, xx Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 99999999999 08:49:37 GMT", "1994-11-06T08:49:37Z"}) {
    CAPTURE(text);
    CHECK_FALSE(try_parse_http_date(text));
  }
}

TEST_CASE("Retry-After is seconds or a date", "[net][http_date]") {
  CHECK(try_parse_retry_after("120", kExample) == seconds(120));
  CHECK(try_parse_retry_after(" 0 ", kExample) == seconds(0));
  CHECK(try_parse_retry_after("Sun, 06 Nov 1994 08:50:07 GMT", kExample) == seconds(30));
  CHECK(try_parse_retry_after("Sun, 06 Nov 1994 08:49:07 GMT", kExample) == seconds(0));
  CHECK_FALSE(try_parse_retry_after("-1", kExample));
  CHECK_FALSE(try_parse_retry_after("1.5", kExample));
  CHECK_FALSE(try_parse_retry_after("", kExample));
}

}  // namespace
