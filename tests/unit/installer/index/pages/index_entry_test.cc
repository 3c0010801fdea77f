#include "fake_index.h"
#include "installer/index/pages/project_pages.h"
#include "tests/support/catch.h"

namespace ensure::index {
namespace {

struct Place {
  std::string url;
  std::string meta;
  std::string page;
  bool is_index = true;
};

IndexEntry entry(const Place& place) {
  const std::string text = R"({"meta":{"api-version":"1.2")" + place.meta + R"(},"name":"demo")" +
                           place.page + R"(,"files":[]})";
  return make_index_entry(
      specs::ProjectPage::parse(text, "application/json", specs::PackageName::parse("demo"),
                                place.url + "demo/"),
      base::Url::parse(place.url), place.is_index);
}

TEST_CASE("projects of one name in two indexes", "[index][check_same_project]") {
  const std::string tracks_a = R"(,"tracks":["https://a.test/simple/demo/"])";
  const std::string names_a = R"(,"alternate-locations":["https://a.test/simple/demo"])";
  const std::string names_b = R"(,"alternate-locations":["https://B.test/simple/demo/"])";
  struct Case {
    const char* what;
    std::vector<Place> places;
    bool allowed;
  };
  const std::vector<Case> cases = {
      {"one index", {{"https://a.test/simple/", "", ""}}, true},
      {"nobody says a word",
       {{"https://a.test/simple/", "", ""}, {"https://b.test/simple/", "", ""}},
       false},
      {"one tracks the other",
       {{"https://a.test/simple/", "", ""}, {"https://b.test/simple/", tracks_a, ""}},
       true},
      {"one names the other",
       {{"https://a.test/simple/", "", ""}, {"https://b.test/simple/", "", names_a}},
       false},
      {"both name each other",
       {{"https://a.test/simple/", "", names_b}, {"https://b.test/simple/", "", names_a}},
       true},
      {"a third one that nobody knows",
       {{"https://a.test/simple/", "", ""},
        {"https://b.test/simple/", tracks_a, ""},
        {"https://c.test/simple/", "", ""}},
       false},
      {"a chain",
       {{"https://b.test/simple/", tracks_a, ""},
        {"https://c.test/simple/", R"(,"tracks":["https://a.test/simple/demo/"])", ""},
        {"https://a.test/simple/", "", ""}},
       true},
      {"links of the user's choice",
       {{"https://a.test/simple/", "", ""}, {"https://b.test/simple/", "", "", false}},
       true},
  };
  for (const Case& test : cases) {
    INFO(test.what);
    std::vector<IndexEntry> entries;
    for (const Place& place : test.places) entries.push_back(entry(place));
    const std::string error = tests::error_in([&] {
      check_same_project("demo", entries);
      return 0;
    });
    CHECK(error.empty() == test.allowed);
    if (test.allowed) continue;
    CHECK(error.starts_with("4: "));
    CHECK(error.find("https://a.test/simple/") != std::string::npos);
  }
}

TEST_CASE("files get the credentials of their index, those elsewhere do not",
          "[index][IndexEntry]") {
  const std::string page = R"({"meta":{"api-version":"1.0"},"name":"demo","files":[]})";
  const auto name = specs::PackageName::parse("demo");
  const auto source = base::Url::parse("https://me:secret@a.test/simple/");
  const IndexEntry same = make_index_entry(
      specs::ProjectPage::parse(page, "", name, "https://a.test/simple/demo/"), source, true);
  CHECK(same.base.join("../x.whl").to_string() == "https://me:secret@a.test/simple/x.whl");
  CHECK(same.base.join("https://files.test/x.whl").to_string() == "https://files.test/x.whl");
  CHECK(same.origin == "https://a.test/simple/");
  const IndexEntry moved = make_index_entry(
      specs::ProjectPage::parse(page, "", name, "https://b.test/simple/demo/"), source, true);
  CHECK(moved.base.join("x.whl").to_string() == "https://b.test/simple/demo/x.whl");
}

}  // namespace
}  // namespace ensure::index
