#include "installer/index/pages/page_source.h"

#include "fake_index.h"
#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"

namespace ensure::index {
namespace {

using namespace std::chrono_literals;
using specs::ProjectPage;
using tests::FakeHttpClient;

const specs::PackageName kDemo = specs::PackageName::parse("Demo");
constexpr std::chrono::sys_seconds kNow{1'800'000'000s};
const std::string kPageUrl = "https://index.test/simple/demo/";

struct Fixture {
  FakeHttpClient client;
  tests::TempDir directory;
  cache::Cache cache{directory / "cache"};
  std::string index = "https://me:secret@index.test/simple";

  PageAnswer<ProjectPage> ask(std::chrono::sys_seconds now = kNow, bool offline = false) {
    PageSource source(client, cache, offline, now);
    std::optional<PageAnswer<ProjectPage>> answer;
    source.ask(base::Url::parse(index), kDemo,
               [&answer](PageAnswer<ProjectPage> page) { answer = std::move(page); });
    while (!answer && client.wait()) {
    }
    REQUIRE(answer);
    return *std::move(answer);
  }

  /// A page with one file of that version.
  void serve(const std::string& version, std::vector<net::Header> headers) {
    headers.push_back({"Content-Type", "text/html"});
    client.answer(kPageUrl, {.headers = std::move(headers),
                             .body = "<a href='demo-" + version + "-py3-none-any.whl'>demo-" +
                                     version + "-py3-none-any.whl</a>"});
  }
};

std::string version_of(const PageAnswer<ProjectPage>& answer) {
  const auto* const page = std::get_if<ProjectPage>(&answer);
  return page != nullptr && page->release_count() == 1 ? std::string(page->release(0).version_text)
                                                       : "";
}

std::string error_of(const PageAnswer<ProjectPage>& answer) {
  const auto* const error = std::get_if<base::Error>(&answer);
  if (error == nullptr) return "";
  std::string text = std::to_string(static_cast<int>(error->exit_code())) + ": " + error->message();
  for (const std::string& context : error->contexts()) text += " | " + context;
  return text;
}

TEST_CASE("a page is asked for as the standards say", "[index][PageSource]") {
  Fixture fixture;
  fixture.serve("1.0", {});
  CHECK(version_of(fixture.ask()) == "1.0");
  const net::Request& request = fixture.client.requests().front();
  CHECK(request.url.to_string() == "https://me:secret@index.test/simple/demo/");
  REQUIRE(request.headers.size() == 1);
  CHECK(request.headers[0].value ==
        "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, "
        "text/html;q=0.01");
}

TEST_CASE("a page in the cache is used as long as it is fresh", "[index][PageSource]") {
  Fixture fixture;
  fixture.serve("1.0", {{"Cache-Control", "max-age=600"}, {"ETag", "\"1\""}});
  CHECK(version_of(fixture.ask()) == "1.0");
  CHECK(version_of(fixture.ask(kNow + 599s)) == "1.0");
  CHECK(fixture.client.requests().size() == 1);

  // Then the server is asked, and says that it is still the same.
  CHECK(version_of(fixture.ask(kNow + 600s)) == "1.0");
  CHECK(fixture.client.requests().size() == 2);
  CHECK(fixture.client.requests().back().headers.back().value == "\"1\"");
  CHECK(version_of(fixture.ask(kNow + 1100s)) == "1.0");
  CHECK(fixture.client.requests().size() == 2);

  fixture.serve("2.0", {{"ETag", "\"2\""}});
  CHECK(version_of(fixture.ask(kNow + 1300s)) == "2.0");
  // Offline, it does not matter how old it is.
  CHECK(version_of(fixture.ask(kNow + 1000h, true)) == "2.0");
}

TEST_CASE("without an ETag the date of the last change is told", "[index][PageSource]") {
  Fixture fixture;
  const std::string changed = "Sun, 06 Nov 1994 08:49:37 GMT";
  fixture.serve("1.0", {{"Last-Modified", changed}, {"Cache-Control", "no-cache"}});
  (void)fixture.ask();
  (void)fixture.ask();
  REQUIRE(fixture.client.requests().size() == 2);
  CHECK(fixture.client.requests().back().headers.back().name == "If-Modified-Since");
  CHECK(fixture.client.requests().back().headers.back().value == changed);
}

TEST_CASE("what a server forbids to store is not stored", "[index][PageSource]") {
  Fixture fixture;
  fixture.serve("1.0", {{"Cache-Control", "no-store"}});
  CHECK(version_of(fixture.ask()) == "1.0");
  const auto answer = fixture.ask(kNow, true);
  REQUIRE(std::holds_alternative<NoPage>(answer));
  CHECK(std::get<NoPage>(answer).is_unknown);
}

TEST_CASE("a damaged page in the cache is fetched again", "[index][PageSource]") {
  Fixture fixture;
  fixture.serve("1.0", {{"ETag", "\"1\""}});
  fixture.index = "https://index.test/simple";
  fixture.cache.store_page(kPageUrl, {.content = "Pnonsense",
                                      .etag = "\"1\"",
                                      .last_modified = {},
                                      .freshness = {.fetched_at = kNow, .max_age = 600s}});
  CHECK(version_of(fixture.ask()) == "1.0");
}

TEST_CASE("only 404 and 410 mean that there is no page", "[index][PageSource]") {
  for (const int status : {404, 410}) {
    Fixture fixture;
    fixture.client.answer(kPageUrl, {.status = status});
    const auto answer = fixture.ask();
    REQUIRE(std::holds_alternative<NoPage>(answer));
    CHECK_FALSE(std::get<NoPage>(answer).is_unknown);
    // Offline this is remembered; online it is asked again.
    const auto later = fixture.ask(kNow, true);
    REQUIRE(std::holds_alternative<NoPage>(later));
    CHECK_FALSE(std::get<NoPage>(later).is_unknown);
    fixture.serve("1.0", {});
    CHECK(version_of(fixture.ask()) == "1.0");
  }
}

TEST_CASE("an index that fails or refuses is an error", "[index][PageSource]") {
  struct Case {
    int status;
    std::string code;
  };
  for (const Case& test :
       {Case{500, "5"}, {503, "5"}, {429, "5"}, {400, "5"}, {204, "5"}, {401, "6"}, {403, "6"}}) {
    Fixture fixture;
    fixture.serve("1.0", {});
    (void)fixture.ask();  // what is in the cache does not help
    fixture.client.answer(kPageUrl, {.status = test.status});
    const std::string error = error_of(fixture.ask());
    INFO(error);
    CHECK(error.starts_with(test.code + ": "));
    CHECK(error.find("| while asking for `Demo` at `https://me:****@index.test/simple/demo/`") !=
          std::string::npos);
    CHECK(error.find("secret") == std::string::npos);
  }
  Fixture fixture;
  fixture.client.fail(kPageUrl, {base::ExitCode::kNetwork, "cannot connect"});
  CHECK(error_of(fixture.ask()).starts_with("5: cannot connect"));
}

TEST_CASE("a page that is no index page is an error", "[index][PageSource]") {
  Fixture fixture;
  const bool is_json = GENERATE(true, false);
  fixture.client.answer(kPageUrl, is_json ? "application/json" : "image/png",
                        is_json ? "{\"error\": 1}" : "x");
  CHECK(error_of(fixture.ask())
            .starts_with("5: `https://index.test/simple/demo/` is not an index page: "));
}

TEST_CASE("what real servers do is understood", "[index][PageSource]") {
  Fixture fixture;
  const std::string file = R"({"filename":"demo-1.0-py3-none-any.whl","url":"f.whl","hashes":{})";
  const std::string other = R"({"filename":"other-9.0-py3-none-any.whl","url":"o","hashes":{}})";
  struct Case {
    std::string type;
    std::string body;
  };
  const std::string link = "<a href=demo-1.0-py3-none-any.whl>wheel</a>";
  for (const Case& test :
       {Case{"text/html", link},
        {"application/vnd.pypi.simple.v1+html", link},
        {"application/json", R"({"meta":{"api-version":"1.0"},"name":"demo","files":[)" + file +
                                 R"(,"core-metadata":true},)" + other + "]}"},
        {"application/vnd.pypi.simple.v1+json; charset=utf-8",
         R"({"files":[)" + file +
             R"(,"dist-info-metadata":true}],"name":"demo",)"
             R"("meta":{"api-version":"1.1","_last-serial":1}})"}}) {
    fixture.client.answer(kPageUrl, test.type, test.body);
    INFO(test.body);
    CHECK(version_of(fixture.ask()) == "1.0");
  }
  // Links are relative to where the page is in the end.
  fixture.client.redirect(kPageUrl, "https://other.test/a/b/");
  fixture.client.answer("https://other.test/a/b/", "text/html", link);
  const auto answer = fixture.ask();
  CHECK(std::get<ProjectPage>(answer).base_url() == "https://other.test/a/b/");
}

TEST_CASE("a page in the cache is for the credentials it was given for", "[index][PageSource]") {
  Fixture fixture;
  fixture.serve("1.0", {{"Cache-Control", "max-age=600"}});
  (void)fixture.ask();
  CHECK(version_of(fixture.ask(kNow, true)) == "1.0");
  for (const char* const index :
       {"https://index.test/simple", "https://me@index.test/simple",
        "https://me:other@index.test/simple", "https://you:secret@index.test/simple"}) {
    fixture.index = index;
    CHECK(std::holds_alternative<NoPage>(fixture.ask(kNow, true)));
    const std::size_t asked = fixture.client.requests().size();
    CHECK(version_of(fixture.ask()) == "1.0");
    CHECK(fixture.client.requests().size() == asked + 1);
  }
  // Wherever the credentials come from.
  fixture.index = "https://index.test/simple";
  fixture.client.send(net::Credentials{"me", "secret"});
  CHECK(version_of(fixture.ask(kNow, true)) == "1.0");
}

TEST_CASE("an index in a directory", "[index][PageSource]") {
  Fixture fixture;
  const base::Directory directory = base::Directory::open(fixture.directory.path());
  directory.create_directory("demo").write_file(
      "index.html", "<a href='../demo-1.0-py3-none-any.whl'>demo-1.0-py3-none-any.whl</a>");
  PageSource source(fixture.client, fixture.cache, true, kNow);
  std::vector<std::string> found;
  for (const char* name : {"demo", "other"}) {
    source.ask(
        base::Url::from_path(fixture.directory.path()), specs::PackageName::parse(name),
        [&found](const PageAnswer<ProjectPage>& answer) { found.push_back(version_of(answer)); });
  }
  CHECK(found == std::vector<std::string>{"1.0", ""});
  CHECK(fixture.client.requests().empty());
}

}  // namespace
}  // namespace ensure::index
