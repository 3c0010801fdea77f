#include "installer/specs/toml_value.h"

#include <string>

#include "installer/base/error.h"
#include "tests/support/catch.h"

namespace ensure::specs {

TEST_CASE("a document is a table of plain values", "[specs][TomlValue]") {
  const TomlValue document = TomlValue::parse(
      "a = 'x'\nb = [1, -2]\nc.d = true\ne = 1970-01-01T01:00:01+01:00\nf = 1.5\ng = 1970-01-02\n");
  CHECK(document.find("a")->text == "x");
  CHECK(document.find("b")->elements.at(1).number == -2);
  CHECK(document.find("c")->find("d")->number == 1);
  CHECK(document.find("e")->number == 1000000);
  CHECK(document.find("f")->kind == TomlKind::kFloat);
  CHECK(document.find("g")->number == 86400LL * 1000000);
  CHECK(document.find("h") == nullptr);
}

// The library's own guards are assertions, or promises to the compiler, for some of these.
TEST_CASE("what is not TOML is refused", "[specs][TomlValue][foreign]") {
  for (const char* text :
       {"a", "a =", "a = \xC3\xA9", "\xC3\xA9 = 1", "a.\xC3\xA9 = 1", "a.\x01", "a = \xE3\x81\x82",
        "a = 1\na = 2", "[a]\n[a]", "a = \"\\q\"", "\xFF", "a = '\xFF'", "a = 2024-02-30", "[[a]",
        "a = [1, 2", "a = {b = 1,", "a = 99999999999999999999", "a = \"\n\""}) {
    INFO(text);
    CHECK_THROWS_AS(TomlValue::parse(text), base::ParseError);
  }
  CHECK_THROWS_AS(TomlValue::parse("a = " + std::string(100000, '[')), base::ParseError);
}

TEST_CASE("what has another form is named by its place", "[specs][TomlReader]") {
  const TomlValue document = TomlValue::parse("a = [{b = 'c'}, {b = 5}]");
  const TomlReader reader(document, "test file");
  try {
    for (const TomlReader& entry : reader.elements("a", TomlKind::kTable)) (void)entry.string("b");
    FAIL("not refused");
  } catch (const base::Error& error) {
    CHECK(error.message() == "this is not a test file: `a[1].b` has to be a string");
  }
  CHECK_THROWS_AS(reader.strings("a"), base::Error);
  CHECK(reader.strings("b").empty());
  CHECK(reader.optional_string("b").empty());
}

}  // namespace ensure::specs
