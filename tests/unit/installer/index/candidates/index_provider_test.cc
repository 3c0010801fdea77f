#include "installer/index/candidates/index_provider.h"

#include <algorithm>
#include <fstream>
#include <string>

#include "installer/resolve/resolve.h"
#include "provider_case.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"

namespace ensure::index {
namespace {

specs::PackageName name_of(const std::string& text) { return specs::PackageName::parse(text); }

TEST_CASE("the first index that has a name wins", "[index][IndexProvider]") {
  Fixture fixture;
  fixture.first.add("demo", "1.0");
  fixture.second.add("demo", "2.0");
  fixture.second.add("other", "1.0");
  CHECK(fixture.solve({"demo"}) == kFirst + "demo-1.0-py3-none-any.whl ");
  // The second index was not even asked.
  CHECK(fixture.client.times_asked(fixture.second.page_url("demo")) == 0);
  CHECK(fixture.solve({"other"}) == kSecond + "other-1.0-py3-none-any.whl ");
  CHECK(fixture.solve({"demo>1"}).starts_with("no solution"));
}

TEST_CASE("only 404 lets a name fall through to the next index", "[index][IndexProvider]") {
  struct Case {
    int status;
    std::string outcome;
  };
  for (const Case& test : {Case{404, kSecond},
                           {410, kSecond},
                           {500, "5: "},
                           {503, "5: "},
                           {401, "6: "},
                           {403, "6: "},
                           {400, "5: "}}) {
    for (const auto strategy : {IndexStrategy::kFirstIndex, IndexStrategy::kUnsafeFirstMatch,
                                IndexStrategy::kUnsafeBestMatch}) {
      Fixture fixture;
      fixture.settings.strategy = strategy;
      fixture.second.add("demo", "1.0");
      fixture.client.answer(fixture.first.page_url("demo"), {.status = test.status});
      INFO(test.status);
      CHECK(fixture.solve({"demo"}).starts_with(test.outcome));
    }
  }
  Fixture fixture;
  fixture.second.add("demo", "1.0");
  fixture.client.fail(fixture.first.page_url("demo"), {base::ExitCode::kNetwork, "no route"});
  CHECK(fixture.solve({"demo"}) == "5: no route");
  fixture.client.answer(fixture.first.page_url("demo"), "image/png", "x");
  CHECK(fixture.solve({"demo"}).starts_with("5: "));
}

TEST_CASE("an index that fails for a project that is not needed is no matter",
          "[index][IndexProvider]") {
  Fixture fixture;
  fixture.first.add("demo", "1.0");
  fixture.first.add("demo", "2.0", {"broken", "none"});
  fixture.client.answer(fixture.first.page_url("broken"), {.status = 500});
  fixture.client.answer(fixture.second.page_url("broken"), {.status = 500});
  CHECK(fixture.solve({"demo<2"}) == kFirst + "demo-1.0-py3-none-any.whl ");
  CHECK(fixture.solve({"demo==2.0", "none<0"}).starts_with("no solution"));
}

TEST_CASE("two indexes together", "[index][IndexProvider]") {
  Fixture fixture;
  fixture.settings.strategy = IndexStrategy::kUnsafeBestMatch;
  fixture.first.add("demo", "1.0");
  fixture.second.add("demo", "2.0");
  CHECK(fixture.solve({"demo"}) == kSecond + "demo-2.0-py3-none-any.whl ");
  CHECK(fixture.solve({"demo<2"}) == kFirst + "demo-1.0-py3-none-any.whl ");
  fixture.settings.strategy = IndexStrategy::kUnsafeFirstMatch;
  CHECK(fixture.solve({"demo"}) == kFirst + "demo-1.0-py3-none-any.whl ");
  CHECK(fixture.solve({"demo>1"}) == kSecond + "demo-2.0-py3-none-any.whl ");
}

TEST_CASE("what is said of a project that does not exist", "[index][IndexProvider]") {
  Fixture fixture;
  CHECK(fixture.solve({"demo"}) ==
        "no solution: demo is in none of the indexes `https://first.test/simple/`, "
        "`https://second.test/simple/` (404)\n");
  fixture.settings.indexes.pop_back();
  CHECK(fixture.solve({"demo"}) ==
        "no solution: demo is not in the index `https://first.test/simple/` (404)\n");
  fixture.settings.no_index = true;
  CHECK(fixture.solve({"demo"}) ==
        "no solution: demo cannot be found, because there is no index\n");
  fixture.settings.find_links = {base::Url::from_path(fixture.directory.path())};
  CHECK(fixture.solve({"demo"}).starts_with("no solution: demo is not in `file:///"));
}

TEST_CASE("links of the user's choice are looked at beside the indexes", "[index][IndexProvider]") {
  Fixture fixture;
  const base::Directory directory = base::Directory::open(fixture.directory.path());
  const std::string filename = "demo-2.0-py3-none-any.whl";
  directory.write_file(filename, tests::wheel_bytes("demo", "2.0", {"other"}));
  fixture.settings.find_links = {base::Url::from_path(fixture.directory.path())};
  fixture.first.add("demo", "1.0");
  fixture.first.add("other", "1.0");
  const std::string local = base::Url::from_path(fixture.directory / filename).to_string();
  CHECK(fixture.solve({"demo"}) == kFirst + "other-1.0-py3-none-any.whl " + local + ' ');
  CHECK(fixture.solve({"demo<2"}) == kFirst + "demo-1.0-py3-none-any.whl ");
  fixture.settings.no_index = true;
  CHECK(fixture.solve({"demo"}).starts_with("no solution: "));
}

TEST_CASE("offline, what is in the cache is what there is", "[index][IndexProvider]") {
  Fixture fixture;
  fixture.first.add("demo", "1.0");
  fixture.first.add("demo", "2.0");
  fixture.first.add("other", "1.0");
  CHECK(fixture.solve({"demo<2"}) == kFirst + "demo-1.0-py3-none-any.whl ");
  fixture.settings.offline = true;
  CHECK(fixture.solve({"demo<2"}).starts_with("no solution"));
  fixture.settings.wheels_needed = false;
  CHECK(fixture.solve({"demo"}) == kFirst + "demo-1.0-py3-none-any.whl ");
  CHECK(fixture.solve({"other"}) ==
        "no solution: other is not in the cache, and the run is offline\n");
  // Nobody knows whether the first index has it, so the second is not believed.
  fixture.settings.offline = false;
  fixture.second.add("late", "1.0");
  fixture.settings.indexes = {fixture.second.url()};
  (void)fixture.solve({"late"});
  fixture.settings.offline = true;
  fixture.settings.indexes = {fixture.first.url(), fixture.second.url()};
  CHECK(fixture.solve({"late"}).starts_with("no solution: late is not in the cache"));
}

TEST_CASE("hashes of the requirements", "[index][IndexProvider]") {
  Fixture fixture;
  fixture.first.add("demo", "1.0", {"other"});
  fixture.first.add("other", "1.0");
  const std::string right =
      base::to_hex(base::sha256(tests::wheel_bytes("demo", "1.0", {"other"})));
  fixture.settings.require_hashes = true;
  fixture.settings.required_hashes["demo"] = {{"sha256", right}};
  CHECK(fixture.solve({"demo"}) ==
        "7: hashes are required, and the requirements have none for `other`");
  fixture.settings.require_hashes = false;
  CHECK(fixture.solve({"demo"}).find("demo-1.0") != std::string::npos);
  fixture.settings.required_hashes["demo"] = {{"sha256", std::string(64, '0')}};
  CHECK(fixture.solve({"demo"}) ==
        "no solution: demo has no file with a hash that the requirements demand\n");
  fixture.first.add("demo", "0.9");
  const std::string older = base::to_hex(base::sha256(tests::wheel_bytes("demo", "0.9")));
  fixture.settings.required_hashes["demo"] = {{"sha256", older}};
  CHECK(fixture.solve({"demo"}) == kFirst + "demo-0.9-py3-none-any.whl ");
  CHECK(fixture.solve({"demo==1.0"}).starts_with("no solution: demo has no file"));
}

TEST_CASE("quarantined, archived, yanked", "[index][IndexProvider]") {
  Fixture fixture;
  fixture.first.add("demo", "1.0");
  fixture.first.describe("demo", R"(,"project-status":{"status":"quarantined","reason":"worm"})",
                         R"(,"project-status":{"status":"quarantined","reason":"worm"})");
  CHECK(fixture.solve({"demo"}) ==
        "7: `demo` is quarantined by `https://first.test/simple/`: worm");
  fixture.settings.required_hashes["demo"] = {
      {"sha256", base::to_hex(base::sha256(tests::wheel_bytes("demo", "1.0")))}};
  CHECK(fixture.solve({"demo"}) == kFirst + "demo-1.0-py3-none-any.whl ");

  fixture.first.describe("gone", "", R"(,"project-status":{"status":"quarantined"})");
  CHECK(fixture.solve({"gone"}) == "7: `gone` is quarantined by `https://first.test/simple/`");
  fixture.settings.required_hashes["gone"] = {{"sha256", std::string(64, '0')}};
  CHECK(fixture.solve({"gone"}) == "7: `gone` is quarantined by `https://first.test/simple/`");

  fixture.first.add("old", "1.0");
  fixture.first.describe("old", R"(,"project-status":{"status":"archived"})",
                         R"(,"project-status":{"status":"archived"})");
  CHECK(fixture.solve({"old"}) == kFirst + "old-1.0-py3-none-any.whl ");
  CHECK(fixture.warnings ==
        std::vector<std::string>{"`old` is archived: there will be no more releases"});

  fixture.first.add("bad", tests::FakeFile{.filename = "bad-1.0-py3-none-any.whl",
                                           .body = tests::wheel_bytes("bad", "1.0"),
                                           .more = R"(,"yanked":"it eats files")"});
  CHECK(fixture.solve({"bad"}).starts_with("no solution"));
  CHECK(fixture.solve({"bad==1.0"}) == kFirst + "bad-1.0-py3-none-any.whl ");
  CHECK(fixture.warnings ==
        std::vector<std::string>{"`bad` 1.0 was yanked by its publisher: it eats files"});
}

TEST_CASE("a damaged wheel is passed over, and is the reason where nothing else is left",
          "[index][IndexProvider]") {
  Fixture fixture;
  fixture.first.add("demo", "1.0");
  fixture.first.add("demo",
                    tests::FakeFile{.filename = "demo-2.0-py3-none-any.whl", .body = "no archive"});
  CHECK(fixture.solve({"demo"}) == kFirst + "demo-1.0-py3-none-any.whl ");
  REQUIRE(fixture.warnings.size() == 1);
  CHECK(fixture.warnings.front().starts_with("skipped `demo` 2.0: it cannot be used: "));
  CHECK(fixture.solve({"demo==2.0"}).starts_with("no solution"));
  REQUIRE(fixture.refusal);
  CHECK(fixture.refusal->exit_code() == base::ExitCode::kVerification);
  // Where something else is the reason, it is not reported.
  CHECK(fixture.solve({"demo", "none"}).starts_with("no solution"));
  CHECK_FALSE(fixture.refusal);
}

TEST_CASE("metadata that are announced and missing are told of once", "[index][IndexProvider]") {
  Fixture fixture;
  for (const char* name : {"a", "b", "c"}) {
    fixture.first.add(name, {.filename = std::string(name) + "-1.0-py3-none-any.whl",
                             .body = tests::wheel_bytes(name, "1.0"),
                             .announces_metadata = true});
  }
  CHECK(fixture.solve({"a", "b", "c"}).find("c-1.0") != std::string::npos);
  CHECK(fixture.warnings ==
        std::vector<std::string>{"`https://first.test/simple/` announces metadata files that do "
                                 "not exist; the metadata are read from the wheels instead"});
}

TEST_CASE("a wheel that the user names is the only candidate", "[index][IndexProvider]") {
  Fixture fixture;
  const std::string body = tests::wheel_bytes("demo", "9.0", {"other"});
  fixture.client.answer("https://x.test/demo-9.0-py3-none-any.whl", {.body = body});
  fixture.first.add("demo", "1.0");
  fixture.first.add("other", "1.0", {"demo"});
  Downloader downloader(fixture.client, fixture.cache);
  const FetchedWheel wheel =
      downloader.fetch_one({.filename = "demo-9.0-py3-none-any.whl",
                            .url = base::Url::parse("https://x.test/demo-9.0-py3-none-any.whl"),
                            .size = std::nullopt,
                            .digests = {},
                            .accepted = {}});
  const std::string files =
      fixture.solve({"demo"}, [&](IndexProvider& provider) { provider.add_direct(wheel); });
  CHECK(files.find("https://x.test/demo-9.0-py3-none-any.whl ") != std::string::npos);
  CHECK(files.find(kFirst + "other-1.0-py3-none-any.whl ") != std::string::npos);
  CHECK(fixture.client.times_asked(fixture.first.page_url("demo")) == 0);
}

TEST_CASE("installed versions that may stay ask no index", "[index][IndexProvider]") {
  Fixture fixture;
  Downloader downloader(fixture.client, fixture.cache);
  IndexProvider provider(fixture.target, fixture.settings, fixture.client, fixture.cache,
                         downloader);
  const auto version = specs::Version::parse("1.0");
  provider.add_installed(name_of("demo"), version,
                         [] { return tests::metadata_text("demo", "1.0", {"other"}); });
  provider.add_installed(name_of("other"), version,
                         [] { return tests::metadata_text("other", "1.0"); });
  resolve::Problem problem;
  problem.requirements = tests::requirements({"demo"});
  problem.environment = fixture.target.environment;
  problem.python_version = fixture.target.version;
  problem.preferences = {{name_of("demo"), version}, {name_of("other"), version}};
  provider.expect(problem.requirements);
  const auto outcome = resolve::resolve(problem, provider);
  REQUIRE(std::holds_alternative<resolve::Resolution>(outcome));
  CHECK(provider.choose(std::get<resolve::Resolution>(outcome), [](const auto&) { return true; })
            .empty());
  CHECK(fixture.client.requests().empty());
}

TEST_CASE("what a web page may not name", "[index][IndexProvider]") {
  Fixture fixture;
  for (const char* const url :
       {"file:///etc/demo-1.0-py3-none-any.whl", "http://first.test/demo-1.0-py3-none-any.whl"}) {
    fixture.client.answer(fixture.first.page_url("demo"), "text/html",
                          std::string("<a href='") + url + "'>demo-1.0-py3-none-any.whl</a>");
    CHECK(fixture.solve({"demo"}).starts_with("no solution"));
  }
}

TEST_CASE("a page's <base> does not change what the page may name", "[index][IndexProvider]") {
  const std::string name = "demo-1.0-py3-none-any.whl";
  const std::string body = tests::wheel_bytes("demo", "1.0");
  const std::string sha256 = base::to_hex(base::sha256(body));
  tests::TempDir directory;
  fs::ofstream(directory / name) << body;
  const std::string here = base::Url::from_path(directory / name).to_string();
  const auto page = [](const std::string& base, const std::string& link) {
    return "<base href='" + base + "'><a href='" + link + "'>demo</a>";
  };
  base::Hasher md5(base::DigestAlgorithm::kMd5);
  md5.update(body);
  const std::string weak = "#md5=" + base::to_hex(md5.finish());
  struct Case {
    std::string page;
    bool is_allowed;
  };
  for (const auto& [text, is_allowed] : {
           Case{page(base::Url::from_path(directory.path()).to_string() + "/", name), false},
           Case{page("file:///x/", here), false},
           Case{page("http://first.test/files/", name), false},
           Case{page("http://first.test/files/", name + weak), false},
           Case{page("http://first.test/files/", name + "#sha256=" + sha256), true},
           Case{page("https://first.test/files/", name), true},
       }) {
    for (const bool by_links : {false, true}) {
      CAPTURE(text, by_links);
      Fixture fixture;
      fixture.client.answer("http://first.test/files/" + name, "application/zip", body);
      fixture.client.answer("https://first.test/files/" + name, "application/zip", body);
      const std::string url =
          by_links ? std::string("https://links.test/all/") : fixture.first.page_url("demo");
      fixture.client.answer(url, "text/html", text);
      if (by_links) fixture.settings.find_links = {base::Url::parse(url)};
      CHECK(fixture.solve({"demo"}).starts_with("no solution") != is_allowed);
      // Again, from the cache.
      CHECK(fixture.solve({"demo"}).starts_with("no solution") != is_allowed);
    }
  }
}

TEST_CASE("a page is as safe as the address it was redirected to", "[index][IndexProvider]") {
  Fixture fixture;
  const std::string name = "demo-1.0-py3-none-any.whl";
  fixture.settings.indexes = {base::Url::parse("http://plain.test/simple/")};
  fixture.client.answer("https://first.test/pages/demo/", "text/html",
                        "<base href='http://plain.test/'><a href='" + name + "'>demo</a>");
  fixture.client.answer("http://plain.test/" + name, "application/zip",
                        tests::wheel_bytes("demo", "1.0"));
  fixture.client.redirect("http://plain.test/simple/demo/", "https://first.test/pages/demo/");
  CHECK(fixture.solve({"demo"}).starts_with("no solution"));
}

}  // namespace
}  // namespace ensure::index
