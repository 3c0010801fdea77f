#include "installer/net/http_client.h"

#include "tests/support/catch.h"

namespace {

using namespace ensure;
using namespace ensure::net;

TEST_CASE("ranges are written as RFC 9110 says", "[net][ByteRange]") {
  CHECK(ByteRange::span(0, 99).to_string() == "bytes=0-99");
  CHECK(ByteRange::from(100).to_string() == "bytes=100-");
  CHECK(ByteRange::suffix(500).to_string() == "bytes=-500");
}

TEST_CASE("Content-Range is read, and refused where it says nothing", "[net][ContentRange]") {
  const auto range = ContentRange::try_parse("bytes 5-9/20");
  REQUIRE(range);
  CHECK(range->first == 5);
  CHECK(range->last == 9);
  CHECK(range->total == 20);
  CHECK(ContentRange::try_parse("Bytes  0-0/*").has_value());
  for (const char* text :
       {"", "bytes */20", "bytes 9-5/20", "bytes 0-20/20", "items 0-1/2", "bytes 0-1/2x",
        "bytes -1/2", "bytes 0-1", "bytes 0-99999999999999999999/*"}) {
    CAPTURE(text);
    CHECK_FALSE(ContentRange::try_parse(text));
  }
}

TEST_CASE("the first header of a name counts, in any case", "[net][Response]") {
  const Response response{.status = 200,
                          .url = base::Url::parse("https://host/"),
                          .headers = {{"content-type", "text/html"}, {"Content-Type", "x"}},
                          .body = {}};
  CHECK(response.header("Content-Type") == "text/html");
  CHECK_FALSE(response.header("ETag"));
}

TEST_CASE("a status means an exit code", "[net][Response]") {
  const auto code = [](int status) {
    return error_of({.status = status,
                     .url = base::Url::parse("https://host/x?token=geheim"),
                     .headers = {},
                     .body = {}});
  };
  CHECK(code(401).exit_code() == base::ExitCode::kRefused);
  CHECK(code(403).exit_code() == base::ExitCode::kRefused);
  CHECK(code(404).exit_code() == base::ExitCode::kNetwork);
  CHECK(code(503).exit_code() == base::ExitCode::kNetwork);
  CHECK(code(404).message() == "the server of `https://host/x?token=****` answers 404 (not found)");
  CHECK(code(599).message() == "the server of `https://host/x?token=****` answers 599");
  CHECK(code(599).hints().size() == 1);
}

constexpr std::chrono::sys_seconds kExampleDate{
    std::chrono::seconds(784111777)};  // of RFC 9110, section 5.6.7

TEST_CASE("the three forms of a date are one date", "[net][http_date]") {
  for (const char* text : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                           "Sun Nov  6 08:49:37 1994", "  sun, 6 nov 1994 08:49:37 gmt"}) {
    CAPTURE(text);
    CHECK(try_parse_http_date(text) == kExampleDate);
  }
  CHECK(try_parse_http_date("Friday, 01-Jan-27 00:00:00 GMT") ==
        std::chrono::sys_days(std::chrono::year(2027) / 1 / 1));
}

TEST_CASE("text that is not a date is refused", "[net][http_date]") {
  for (const char* text : {"", "soon", "Sun, 06 Nov 1994 24:49:37 GMT",
                           "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, xx Nov 1994 08:49:37 GMT"}) {
    CAPTURE(text);
    CHECK_FALSE(try_parse_http_date(text));
  }
}

}  // namespace
