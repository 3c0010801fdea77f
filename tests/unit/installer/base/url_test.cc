#include "installer/base/url.h"

#include <utility>
#include <vector>

#include "installer/base/error.h"
#include "tests/support/catch.h"

namespace {

using namespace ensure::base;
using Pairs = std::vector<std::pair<const char*, const char*>>;

TEST_CASE("a URL is cut into its parts", "[base][Url]") {
  const Url url =
      Url::parse("https://al%40ice:p%3Aw@Index.Example.org:8443/a/b%20c.whl?x=1#sha256=0a");
  CHECK(url.scheme() == "https");
  CHECK(url.user() == "al@ice");
  CHECK(url.password() == "p:w");
  CHECK(url.host() == "index.example.org");
  CHECK(url.port() == 8443);
  CHECK(url.path() == "/a/b%20c.whl");
  CHECK(url.query() == "x=1");
  CHECK(url.fragment() == "sha256=0a");
  CHECK(url.filename() == "b c.whl");
  CHECK(url.origin() == "https://index.example.org:8443");
}

TEST_CASE("missing parts of a URL are empty", "[base][Url]") {
  const Url url = Url::parse("http://example.org");
  CHECK(url.to_string() == "http://example.org/");
  CHECK_FALSE(url.user());
  CHECK_FALSE(url.password());
  CHECK(url.port() == 80);
  CHECK_FALSE(url.query());
  CHECK_FALSE(url.fragment());
  CHECK(url.filename().empty());
  CHECK(Url::parse("http://example.org/?#").to_string() == "http://example.org/");
  CHECK(Url::parse("https://token@example.org/").password() == std::nullopt);
  CHECK(Url::parse("https://token@example.org/").user() == "token");
  CHECK(Url::parse("https://token:@example.org/").password() == "");
}

TEST_CASE("URLs are brought into one form", "[base][Url]") {
  const Pairs cases{
      {"HTTP://EXAMPLE.org/A", "http://example.org/A"},
      {"  https://example.org/a \n", "https://example.org/a"},
      {"https://example.org/a/./b/../c", "https://example.org/a/c"},
      {"https://example.org/../../c/..", "https://example.org/"},
      {"https://example.org/a b/\xC3\xA4", "https://example.org/a%20b/%C3%A4"},
      {"https://example.org/a%20b%zz%", "https://example.org/a%20b%25zz%25"},
      {"https://example.org:/x", "https://example.org/x"},
      {"https://example.org?q=a b", "https://example.org/?q=a%20b"},
      {"https://[2001:DB8::1]:8080/x", "https://[2001:db8::1]:8080/x"},
      {"https://@example.org/x", "https://example.org/x"},
      {"file:/tmp/x", "file:///tmp/x"},
      {"file://localhost/x", "file:///x"},
      {"https://u:p@ss@host/x", "https://u:p%40ss@host/x"},
      {"https://us er:p w@host/", "https://us%20er:p%20w@host/"},
      {"https://host/a[b]|\"c<d>", "https://host/a%5Bb%5D%7C%22c%3Cd%3E"},
      {"https://host/?a#b#c", "https://host/?a#b%23c"},
      {"https://127.1/x", "https://127.0.0.1/x"},
      {"git+https://host/r.git@v1#egg=x", "git+https://host/r.git@v1#egg=x"},
      {"git+ssh://git@example.org/repo", "git+ssh://git@example.org/repo"},
  };
  for (const auto& [text, expected] : cases) {
    CAPTURE(text);
    CHECK(Url::parse(text).to_string() == expected);
    CHECK(Url::parse(expected).to_string() == expected);
  }
  CHECK(Url::parse("https://[2001:DB8::1]:8080/x").host() == "2001:db8::1");
}

TEST_CASE("text that is not a URL is refused, and not quoted", "[base][Url]") {
  for (const char* text : {"",
                           "example.org",
                           "/simple/",
                           "mailto:someone@host",
                           "git+file:///x",
                           "file:x",
                           "file://host/a",
                           "https://ho%20st/",
                           "https://user:pass/word@host/",
                           "c:/directory",
                           "C:\\directory",
                           "https:",
                           "https:/x",
                           "https:///x",
                           "https://",
                           "https://:80/",
                           "https://host:99999/",
                           "https://host:8x/",
                           "https://ho st/",
                           "https://b\xC3\xBC"
                           "cher.example/",
                           "https://[::1/",
                           "https://[zz]/",
                           "https://[fe80::1%25eth0]/",
                           "https://host/a\r\nX: y",
                           "https://host/\x01",
                           "1http://x/",
                           "://x"}) {
    CAPTURE(text);
    CHECK_FALSE(Url::try_parse(text));
    CHECK_THROWS_AS(Url::parse(text), ParseError);
  }
  try {
    (void)Url::parse("https://user:secret@ho st/");
    FAIL("parsed");
  } catch (const Error& error) {
    CHECK(error.message().find("secret") == std::string::npos);
  }
}

/// RFC 3986, section 5.4, and what index pages hold.
TEST_CASE("references are joined as RFC 3986 says", "[base][Url]") {
  const Url base = Url::parse("http://a/b/c/d;p?q");
  const Pairs cases{
      {"g:h", nullptr},
      {"gg:h", nullptr},
      {"gg://h", "gg://h/"},
      {"g", "http://a/b/c/g"},
      {"./g", "http://a/b/c/g"},
      {"g/", "http://a/b/c/g/"},
      {"/g", "http://a/g"},
      {"//g", "http://g/"},
      {"?y", "http://a/b/c/d;p?y"},
      {"g?y", "http://a/b/c/g?y"},
      {"#s", "http://a/b/c/d;p?q#s"},
      {"g#s", "http://a/b/c/g#s"},
      {"g?y#s", "http://a/b/c/g?y#s"},
      {";x", "http://a/b/c/;x"},
      {"g;x", "http://a/b/c/g;x"},
      {"", "http://a/b/c/d;p?q"},
      {".", "http://a/b/c/"},
      {"./", "http://a/b/c/"},
      {"..", "http://a/b/"},
      {"../", "http://a/b/"},
      {"../g", "http://a/b/g"},
      {"../..", "http://a/"},
      {"../../g", "http://a/g"},
      {"../../../g", "http://a/g"},
      {"/./g", "http://a/g"},
      {"/../g", "http://a/g"},
      {"g.", "http://a/b/c/g."},
      {"..g", "http://a/b/c/..g"},
      {"./../g", "http://a/b/g"},
      {"./g/.", "http://a/b/c/g/"},
      {"g;x=1/../y", "http://a/b/c/y"},
      {"g?y/../x", "http://a/b/c/g?y/../x"},
      {" g ", "http://a/b/c/g"},
      {"a b", "http://a/b/c/a%20b"},
  };
  for (const auto& [reference, expected] : cases) {
    CAPTURE(reference);
    const auto joined = base.try_join(reference);
    CHECK(joined.has_value() == (expected != nullptr));
    if (joined && expected != nullptr) {
      CHECK(joined->to_string() == expected);
      CHECK(*joined == Url::parse(expected));
    }
  }
  CHECK(Url::parse("http://a/b#f").join("").to_string() == "http://a/b");
  CHECK(Url::parse("http://a/b?q#f").join("#g").to_string() == "http://a/b?q#g");
  CHECK(Url::parse("file:///a/b/").join("../c d").to_string() == "file:///a/c%20d");
  CHECK_THROWS_AS(base.join("a\nb"), ParseError);
  CHECK_FALSE(base.try_join("https:g"));
}

TEST_CASE("a reference without a host keeps the credentials", "[base][Url]") {
  const Url base = Url::parse("https://u:p@host/simple/flask/");
  CHECK(base.join("../../f/a.whl#sha256=0").to_string() == "https://u:p@host/f/a.whl#sha256=0");
  CHECK_FALSE(base.join("https://other/f/a.whl").user());
  CHECK_FALSE(base.join("//other/f/a.whl").user());
}

TEST_CASE("secrets are not shown", "[base][Url]") {
  const Pairs cases{
      {"https://u:p@host/x#f", "https://u:****@host/x#f"},
      {"https://token@host/x", "https://****@host/x"},
      {"https://:p@host/x", "https://:****@host/x"},
      {"https://host/x?a=1&X-Signature=abc&b=2#f", "https://host/x?a=1&X-Signature=****&b=2#f"},
      {"https://host/x?a=1", "https://host/x?a=1"},
  };
  for (const auto& [text, expected] : cases) CHECK(Url::parse(text).redacted() == expected);
}

TEST_CASE("credentials are taken out and put in", "[base][Url]") {
  CHECK(Url::parse("https://u:p@host:1/x?q#f").without_credentials() ==
        Url::parse("https://host:1/x?q#f"));
  const Url with = Url::parse("https://host/x").with_credentials("a@b", "c:d/");
  CHECK(with.to_string() == "https://a%40b:c%3Ad%2F@host/x");
  CHECK(with.user() == "a@b");
  CHECK(with.password() == "c:d/");
}

TEST_CASE("an origin is scheme, host and port", "[base][Url]") {
  const Url url = Url::parse("https://host/x");
  CHECK(url.same_origin(Url::parse("https://u:p@HOST:443/y")));
  CHECK_FALSE(url.same_origin(Url::parse("http://host/x")));
  CHECK_FALSE(url.same_origin(Url::parse("https://host:8443/x")));
  CHECK_FALSE(url.same_origin(Url::parse("https://host.example/x")));
  CHECK(Url::parse("https://host:443/x").origin() == "https://host");
}

TEST_CASE("file URLs are paths and paths file URLs", "[base][Url]") {
  CHECK(Url::parse("file:///a%20b/c").to_path() == "/a b/c");
  CHECK(Url::parse("file:/a").to_path() == "/a");
  CHECK(Url::parse("file://localhost/a").to_path() == "/a");
  CHECK(Url::from_path("/a b/\xC3\xA4#?%").to_path() == "/a b/\xC3\xA4#?%");
  CHECK(Url::from_path("/a b").to_string() == "file:///a%20b");
  CHECK_THROWS_AS(Url::parse("file:///a%00b").to_path(), Error);
  CHECK_THROWS_AS(Url::parse("https://host/a").to_path(), Error);
}

TEST_CASE("the directory of a URL has a slash and no query", "[base][Url]") {
  CHECK(Url::parse("https://host/simple").as_directory().join("x/").to_string() ==
        "https://host/simple/x/");
  CHECK(Url::parse("https://host/simple/?q#f").as_directory().to_string() ==
        "https://host/simple/");
  CHECK(Url::parse("https://host/x?q#f").without_fragment().to_string() == "https://host/x?q");
}

TEST_CASE("percent-encoding keeps what may stand in a part", "[base][percent]") {
  CHECK(percent_decode("a%2Fb%zz%4") == "a/b%zz%4");
  CHECK(percent_encode("a/b:c@d%", UrlPart::kUserinfo) == "a%2Fb%3Ac%40d%25");
  CHECK(percent_encode("a/b c?", UrlPart::kPath) == "a/b%20c%3F");
  CHECK(percent_encode("a?b#", UrlPart::kQuery) == "a?b%23");
}

}  // namespace
