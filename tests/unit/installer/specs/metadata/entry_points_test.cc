#include "installer/specs/metadata/entry_points.h"

#include <string>
#include <vector>

#include "tests/support/catch.h"

namespace ensure::specs {

TEST_CASE("entry points are read as importlib.metadata reads them", "[specs][EntryPoint]") {
  const std::vector<EntryPoint> entries = parse_entry_points(
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
  CHECK(entries[0] == EntryPoint{"console_scripts",
                                 "demo",
                                 "demo.cli : main.run [fast , safe]",
                                 "demo.cli",
                                 "main.run",
                                 {"fast", "safe"}});
  CHECK(entries[1] == EntryPoint{"console_scripts", "plain", "demo", "demo", "", {}});
  CHECK(entries[2] == EntryPoint{"other.group", "a b", "x:y", "x", "y", {}});
  CHECK(entries[3] == EntryPoint{"other.group", "broken", "x:y:z # no comment", "", "", {}});
}

TEST_CASE("values that refer to no object have no module", "[specs][EntryPoint]") {
  for (const char* value :
       {"", ":f", "m:", "m:f;x", "m f", "m:f [a", "m:f)", "m:f\"", "m/../n:f"}) {
    INFO(value);
    const auto entries = parse_entry_points(std::string("[g]\nn = ") + value);
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].module.empty());
    CHECK(entries[0].attribute.empty());
    CHECK(entries[0].extras.empty());
  }
}

TEST_CASE("names beyond ASCII are left to Python", "[specs][EntryPoint]") {
  const auto entries = parse_entry_points(
      "[g]\nn = m\xC3\xB6"
      "dul:f\xC3\xBC");
  CHECK(entries.at(0).module ==
        "m\xC3\xB6"
        "dul");
}

}  // namespace ensure::specs
