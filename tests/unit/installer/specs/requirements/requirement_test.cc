#include "installer/specs/requirements/requirement.h"

#include <string>

#include "installer/base/error.h"
#include "tests/support/catch.h"

namespace ensure::specs {

TEST_CASE("the parts of a requirement", "[specs][Requirement]") {
  const Requirement requirement =
      Requirement::parse(" Foo_Bar [B, a ,b] ( >=1.0, <2 ) ; python_version >= '3.9'");
  CHECK(requirement.name.normalized() == "foo-bar");
  REQUIRE(requirement.extras.size() == 2);
  CHECK(requirement.extras[1].as_written() == "a");
  CHECK(requirement.specifiers.to_string() == ">=1.0,<2");
  CHECK_FALSE(requirement.url);
  REQUIRE(requirement.marker);
  CHECK(requirement.to_string() == "Foo_Bar[B,a]>=1.0,<2; python_version >= \"3.9\"");
}

TEST_CASE("a URL ends at a blank", "[specs][Requirement]") {
  const Requirement requirement =
      Requirement::parse("a@https://h.example/a;b.whl#x ; os_name == 'nt'");
  CHECK(requirement.url == "https://h.example/a;b.whl#x");
  CHECK(requirement.marker.has_value());
  CHECK(requirement.to_string() == "a @ https://h.example/a;b.whl#x ; os_name == \"nt\"");
}

TEST_CASE("what is no requirement is refused", "[specs][Requirement]") {
  for (const char* text : {"",
                           " ",
                           "-r file",
                           "./a.whl",
                           "https://h.example/a.whl",
                           "a b",
                           "a[",
                           "a[b",
                           "a[b c]",
                           "a[b,]",
                           "a(>=1",
                           "a>=1)",
                           "a,>=1",
                           "a>=1,,<2",
                           "a>=1 <2",
                           "a=1",
                           "a 1.0",
                           "a@",
                           "a @ ",
                           "a @ http://h >=1",
                           "a;",
                           "a; b == 'c'",
                           "a>=1\n",
                           "a @ http://h\n",
                           "a @\xC2\xA0http://h",
                           "a @ http://h\xE2\x80\x83/b",
                           "a==1 #c",
                           "a==1 --hash=sha256:x",
                           "a_"}) {
    INFO(text);
    CHECK_FALSE(Requirement::try_parse(text));
    CHECK_THROWS_AS(Requirement::parse(text), base::ParseError);
  }
}

TEST_CASE("errors in a marker are told in the place of the requirement", "[specs][Requirement]") {
  try {
    (void)Requirement::parse("flask; python == '3'");
    FAIL("accepted");
  } catch (const base::ParseError& error) {
    CHECK(error.offset() == 7);
    CHECK(error.source() == "flask; python == '3'");
  }
}

}  // namespace ensure::specs
