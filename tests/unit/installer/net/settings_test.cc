#include "installer/net/settings.h"

#include "installer/base/error.h"
#include "tests/support/catch.h"

namespace {

using namespace ensure;
using namespace ensure::net;

TEST_CASE("a trusted host is a host, with a port or without", "[net][TrustedHost]") {
  const auto trusts = [](const char* host, const char* url) {
    return is_trusted({TrustedHost::parse(host)}, base::Url::parse(url));
  };
  CHECK(trusts("Index.Example.org", "https://index.example.org:8443/"));
  CHECK(trusts("h:8443", "https://h:8443/"));
  CHECK_FALSE(trusts("h:8443", "https://h/"));
  CHECK(trusts("h:443", "https://h/"));
  CHECK_FALSE(trusts("h", "https://x.h/"));
  CHECK(trusts("[::1]:8443", "https://[::1]:8443/"));
  CHECK_FALSE(trusts("[::1]:8443", "https://[::1]/"));
  CHECK(trusts("::1", "https://[::1]:8443/"));
  for (const char* text : {"", "https://h/", "h/x", "u@h", "h:x", "h:99999", "h h", "h?x"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(TrustedHost::parse(text), base::Error);
  }
}

TEST_CASE("a password given with a trusted host is not shown", "[net][TrustedHost]") {
  try {
    (void)TrustedHost::parse("user:secret@host");
    FAIL("taken");
  } catch (const base::Error& error) {
    CHECK(error.message().find("secret") == std::string::npos);
    CHECK(error.message().find("`host`") != std::string::npos);
  }
}

TEST_CASE("the proxy is chosen by scheme", "[net][Proxies]") {
  const base::Url http = base::Url::parse("http://h/");
  const base::Url https = base::Url::parse("https://h/");
  const Proxies both{.http = "a:1", .https = "b:2", .all = "c:3", .no_proxy = {}};
  CHECK(both.for_scheme_of(http) == "a:1");
  CHECK(both.for_scheme_of(https) == "b:2");
  const Proxies all{.http = {}, .https = {}, .all = "c:3", .no_proxy = {}};
  CHECK(all.for_scheme_of(https) == "c:3");
  const Proxies off{.http = {}, .https = "", .all = "c:3", .no_proxy = {}};
  CHECK_FALSE(off.for_scheme_of(https));
  CHECK_FALSE(Proxies{}.for_scheme_of(https));
}

TEST_CASE("a port belongs to an entry of no_proxy", "[net][Proxies]") {
  const Proxies proxies{.http = {},
                        .https = {},
                        .all = {},
                        .no_proxy = "a:80, b:443,c 10.0.0.0/8,::1,[::1],[::2]:80"};
  CHECK(proxies.no_proxy_for_port_of(base::Url::parse("http://h/")) ==
        "a,,c,10.0.0.0/8,::1,[::1],[::2]");
  CHECK(proxies.no_proxy_for_port_of(base::Url::parse("https://h/")) == "b,c,10.0.0.0/8,::1,[::1]");
  CHECK(Proxies{}.no_proxy_for_port_of(base::Url::parse("https://h/")).empty());
}

TEST_CASE("an address of a proxy has a scheme that there is, or none", "[net][Proxies]") {
  for (const char* text : {"h", "h:80", "http://u:p@h:80", "HTTPS://h/", "socks5h://h:1080",
                           "[::1]:80", "http://[::1]:80"}) {
    CAPTURE(text);
    CHECK(is_proxy_address(text));
  }
  for (const char* text : {"", "http://", "ftp://h", "http://[::1", "h:x", "://h"}) {
    CAPTURE(text);
    CHECK_FALSE(is_proxy_address(text));
  }
}

}  // namespace
