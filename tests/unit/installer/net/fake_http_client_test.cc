#include "tests/support/fake_http_client.h"

#include "client_case.h"
#include "tests/support/catch.h"

/// What other layers' tests rely on.
namespace {

using namespace ensure;
using namespace ensure::net;
using namespace ensure::tests;

base::Url url(const char* text) { return base::Url::parse(text); }

TEST_CASE("the fake client answers what was written down", "[net][FakeHttpClient]") {
  FakeHttpClient client;
  client.answer("https://host/a", "text/html", "page");
  client.redirect("https://host/b", "https://other/a");
  client.answer("https://other/a", {.headers = {{"ETag", "\"1\""}}, .body = "0123456789"});
  client.fail("https://host/c", {base::ExitCode::kNetwork, "gone"});
  CHECK(fetch(client, {.url = url("https://u:p@host/a#f")}).body == "page");
  CHECK(fetch(client, {.url = url("https://host/x")}).status == 404);
  CHECK(fetch(client, {.url = url("https://host/b")}).url == url("https://other/a"));
  CHECK_THROWS_AS(fetch(client, {.url = url("https://host/c")}), base::Error);
  const Request known{.url = url("https://other/a"), .headers = {{"If-None-Match", "\"1\""}}};
  CHECK(fetch(client, known).status == 304);
  const Response part =
      fetch(client, {.url = url("https://other/a"), .range = ByteRange::suffix(3)});
  CHECK(part.status == 206);
  CHECK(part.body == "789");
  CHECK(part.content_range()->first == 7);
  const auto sink = std::make_shared<MemorySink>();
  CHECK(fetch(client, {.url = url("https://other/a")}, sink).body.empty());
  CHECK(sink->body == "0123456789");
  CHECK(client.times_asked("https://other/a") == 3);
}

TEST_CASE("the fake client answers requests in their order", "[net][FakeHttpClient]") {
  FakeHttpClient client;
  std::string order;
  for (const char* const name : {"a", "b", "c"}) {
    client.start({.url = url("https://host/").join(name)},
                 [&order, name](const FetchResult&) { order += name; });
  }
  while (client.wait()) {
  }
  CHECK(order == "abc");
  CHECK(client.most_under_way() == 3);
  CHECK_FALSE(client.wait());
}

}  // namespace
