#include "installer/specs/metadata/entry_points.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/catch.h"

namespace ensure::specs {
namespace {

std::vector<EntryPoint> all_entry_points(std::string_view text) {
  std::vector<EntryPoint> entries;
  each_entry_point(
      text, [](std::string_view /*group*/) { return true; },
      [&entries](EntryPoint entry) { entries.push_back(std::move(entry)); });
  return entries;
}

}  // namespace

TEST_CASE("entry points are read as importlib.metadata reads them", "[specs][EntryPoint]") {
  const std::vector<EntryPoint> entries = all_entry_points(
      "before = any:group\n"
      "[console_scripts]\r\n"
      "# a comment\n"
      "  demo =  demo.cli : main.run [fast , safe] \n"
      "\n"
      "plain=demo\n"
      "[other.group]\n"
      "a b = x:y\n"
      "broken = x:y:z # no comment\n"
      "no entry\n");
  REQUIRE(entries.size() == 4);
  CHECK(entries[0] == EntryPoint{"console_scripts", "demo", "demo.cli", "main.run"});
  CHECK(entries[1] == EntryPoint{"console_scripts", "plain", "demo", ""});
  CHECK(entries[2] == EntryPoint{"other.group", "a b", "x", "y"});
  CHECK(entries[3] == EntryPoint{"other.group", "broken", "", ""});
}

TEST_CASE("values that refer to no object have no module", "[specs][EntryPoint]") {
  for (const char* value :
       {"", ":f", "m:", "m:f;x", "m f", "m:f [a", "m:f)", "m:f\"", "m/../n:f"}) {
    INFO(value);
    const auto entries = all_entry_points(std::string("[g]\nn = ") + value);
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].module.empty());
    CHECK(entries[0].attribute.empty());
  }
}

TEST_CASE("names beyond ASCII are left to Python", "[specs][EntryPoint]") {
  const auto entries = all_entry_points(
      "[g]\nn = m\xC3\xB6"
      "dul:f\xC3\xBC");
  CHECK(entries.at(0).module ==
        "m\xC3\xB6"
        "dul");
}

}  // namespace ensure::specs
