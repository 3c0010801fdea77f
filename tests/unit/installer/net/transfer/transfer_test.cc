#include "installer/net/transfer/redirect.h"

#include "installer/base/error.h"
#include "tests/support/catch.h"

namespace {

using namespace ensure;
using namespace ensure::net;

std::string target(const char* from, const char* location,
                   const std::vector<TrustedHost>& trusted = {}) {
  return redirect_target(base::Url::parse(from), location, trusted).to_string();
}

TEST_CASE("redirects lead where they say", "[net][redirect]") {
  CHECK(target("https://u:p@a/x/y", "z") == "https://a/x/z");
  CHECK(target("https://a/x/y", "https://b/z") == "https://b/z");
  CHECK(target("http://a/x", "https://a/x") == "https://a/x");
  CHECK(target("http://a/x", "//b/x") == "http://b/x");
}

TEST_CASE("https is not left for http", "[net][redirect]") {
  CHECK_THROWS_AS(target("https://a/x", "http://a/x"), base::Error);
  CHECK_THROWS_AS(target("https://a/x", "http://b/x", {TrustedHost::parse("a")}), base::Error);
  CHECK(target("https://a/x", "http://b/x", {TrustedHost::parse("b")}) == "http://b/x");
}

TEST_CASE("only HTTP is gone to", "[net][redirect]") {
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

}  // namespace
