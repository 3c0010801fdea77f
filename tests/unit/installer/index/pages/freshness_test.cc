#include <string>
#include <vector>

#include "installer/index/pages/page_source.h"
#include "tests/support/catch.h"

namespace ensure::index {
namespace {

using namespace std::chrono_literals;

TEST_CASE("how long an answer may be used", "[index][freshness]") {
  struct Case {
    std::vector<net::Header> headers;
    std::chrono::seconds max_age;
    bool stored = true;
  };
  const std::string changed = "Sun, 06 Nov 1994 08:49:37 GMT";
  const std::vector<Case> cases = {
      {{}, 0s},
      {{{"Cache-Control", "max-age=600, public"}}, 600s},
      {{{"cache-control", "Public, Max-Age=60"}}, 60s},
      {{{"Cache-Control", "max-age=600"}, {"Age", "100"}}, 500s},
      {{{"Cache-Control", "max-age=600"}, {"Age", "1000"}}, 0s},
      {{{"Cache-Control", "max-age=99999999999999999999"}}, 365 * 24h},
      {{{"Cache-Control", "max-age=-1"}}, 0s},
      {{{"Cache-Control", "no-cache, max-age=600"}}, 0s},
      {{{"Cache-Control", "no-store"}}, 0s, false},
      {{{"Last-Modified", changed}}, 600s},
      {{{"Last-Modified", changed}, {"Date", "Sun, 06 Nov 1994 08:51:17 GMT"}}, 10s},
      {{{"Last-Modified", changed}, {"Date", "Sun, 06 Nov 1994 08:40:00 GMT"}}, 0s},
      {{{"Last-Modified", "yesterday"}}, 0s},
  };
  const std::chrono::sys_seconds now{1'800'000'000s};
  for (const Case& test : cases) {
    const net::Response response{.status = 200,
                                 .url = base::Url::parse("https://index.test/"),
                                 .headers = test.headers,
                                 .body = {}};
    INFO((test.headers.empty() ? "" : test.headers.front().value));
    CHECK(freshness_of(response, now).max_age == test.max_age);
    CHECK(freshness_of(response, now).fetched_at == now);
    CHECK(may_be_stored(response) == test.stored);
  }
}

TEST_CASE("an answer is fresh until its time has passed", "[index][freshness]") {
  const cache::Freshness freshness{.fetched_at = std::chrono::sys_seconds(1000s), .max_age = 10s};
  CHECK(is_fresh(freshness, std::chrono::sys_seconds(1000s)));
  CHECK(is_fresh(freshness, std::chrono::sys_seconds(1009s)));
  CHECK_FALSE(is_fresh(freshness, std::chrono::sys_seconds(1010s)));
  // The clock was set back: nobody knows how old it is.
  CHECK_FALSE(is_fresh(freshness, std::chrono::sys_seconds(999s)));
}

}  // namespace
}  // namespace ensure::index
