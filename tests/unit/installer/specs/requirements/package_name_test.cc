#include "installer/specs/requirements/package_name.h"

#include "installer/base/error.h"
#include "tests/support/catch.h"

namespace ensure::specs {

TEST_CASE("names are normalized as PEP 503 says", "[specs][PackageName]") {
  CHECK(PackageName::parse("Foo.Bar").normalized() == "foo-bar");
  CHECK(PackageName::parse("foo----bar").normalized() == "foo-bar");
  CHECK(PackageName::parse("A-_.B").normalized() == "a-b");
  CHECK(PackageName::parse("1").normalized() == "1");
  CHECK(PackageName::parse("Foo.Bar").as_written() == "Foo.Bar");
  CHECK(normalize_name("-x__") == "-x-");
}

TEST_CASE("names are equal in their normal form", "[specs][PackageName]") {
  CHECK(PackageName::parse("foo_bar") == PackageName::parse("Foo-Bar"));
  CHECK(PackageName::parse("a") < PackageName::parse("B"));
}

TEST_CASE("what is no name is refused with the place of the fault", "[specs][PackageName]") {
  for (const char* text : {"", "-a", "a-", "a.", "_", "a b", "a/b", "../a", "a\n", "n\xC3\xA4h"}) {
    INFO(text);
    CHECK_FALSE(PackageName::try_parse(text));
    CHECK_THROWS_AS(PackageName::parse(text), base::ParseError);
  }
  try {
    PackageName::parse("ab/c");
    FAIL("accepted");
  } catch (const base::ParseError& error) {
    CHECK(error.offset() == 2);
    CHECK(error.hints().size() == 1);
  }
}

}  // namespace ensure::specs
