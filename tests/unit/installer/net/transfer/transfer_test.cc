#include "installer/net/transfer/transfer.h"

#include "installer/base/error.h"
#include "tests/support/catch.h"

namespace {

using namespace ensure;
using namespace ensure::net;

std::string target(const char* from, const char* location,
                   const std::vector<TrustedHost>& trusted = {}) {
  return redirect_target(base::Url::parse(from), location, trusted).to_string();
}

TEST_CASE("a redirect is resolved against the URL of the response", "[net][redirect]") {
  CHECK(target("https://u:p@a/x/y", "z") == "https://a/x/z");
  CHECK(target("https://a/x/y", "https://b/z") == "https://b/z");
  CHECK(target("http://a/x", "https://a/x") == "https://a/x");
  CHECK(target("http://a/x", "//b/x") == "http://b/x");
}

TEST_CASE("a redirect from https to http is refused", "[net][redirect]") {
  CHECK_THROWS_AS(target("https://a/x", "http://a/x"), base::Error);
  CHECK_THROWS_AS(target("https://a/x", "http://b/x", {TrustedHost::parse("a")}), base::Error);
  CHECK(target("https://a/x", "http://b/x", {TrustedHost::parse("b")}) == "http://b/x");
}

TEST_CASE("a redirect to anything but HTTP is refused", "[net][redirect]") {
  for (const char* location : {"file:///etc/passwd", "ftp://a/x", "gopher://a:25/x", "https://",
                               "mailto:x", "http://a/\r\nX"}) {
    CAPTURE(location);
    CHECK_THROWS_AS(target("http://a/x", location), base::Error);
  }
}

TEST_CASE("five statuses redirect", "[net][redirect]") {
  for (const int status : {301, 302, 303, 307, 308}) CHECK(is_redirect(status));
  for (const int status : {200, 300, 304, 305, 306, 309, 400}) CHECK_FALSE(is_redirect(status));
}

TEST_CASE("the speed is checked over whole windows", "[net][SpeedCheck]") {
  using std::chrono::seconds;
  const Clock::time_point start{};
  SpeedCheck speed;
  const auto is_too_slow = [&](int second, std::uint64_t received) {
    return speed.is_too_slow(start + seconds(second), received, 10, seconds(5));
  };
  CHECK_FALSE(is_too_slow(0, 0));
  CHECK_FALSE(is_too_slow(4, 0));
  CHECK_FALSE(is_too_slow(5, 50));
  CHECK_FALSE(is_too_slow(9, 51));
  CHECK(is_too_slow(10, 99));
  CHECK_FALSE(is_too_slow(15, 149));
  speed.restart();
  CHECK_FALSE(is_too_slow(100, 149));
  CHECK(is_too_slow(105, 150));
}

}  // namespace
