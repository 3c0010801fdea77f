#include "installer/specs/requirements/marker.h"

#include <string>

#include "installer/base/error.h"
#include "tests/support/catch.h"
#include "tests/support/linux_environment.h"

namespace ensure::specs {
namespace {

using tests::linux_environment;

bool holds(const char* text, const MarkerSelection& selection = {}) {
  return Marker::parse(text).evaluate(linux_environment(), selection);
}

std::string nested(int depth) {
  return std::string(static_cast<std::size_t>(depth), '(') + "os_name == 'posix'" +
         std::string(static_cast<std::size_t>(depth), ')');
}

}  // namespace

TEST_CASE("versions in markers compare as versions", "[specs][Marker]") {
  CHECK(holds("python_version >= '3.9'"));
  CHECK(holds("'3.9' < python_full_version"));
  CHECK(holds("python_version ~= '3.8'"));
  CHECK(holds("python_full_version == '3.12.*'"));
  CHECK_FALSE(holds("python_version > '3.12.0'"));
  CHECK_FALSE(holds("python_version < '3.9'"));
}

TEST_CASE("texts in markers compare as texts", "[specs][Marker]") {
  CHECK(holds("sys_platform == 'linux'"));
  CHECK(holds("sys.platform != \"win32\""));
  CHECK(holds("'lin' in sys_platform"));
  CHECK(holds("sys_platform not in 'win32 darwin'"));
  CHECK(holds("os_name >= 'posix'"));
  CHECK_FALSE(holds("os_name >= 'nt'"));
}

TEST_CASE("comparisons without a meaning do not hold", "[specs][Marker]") {
  CHECK_FALSE(holds("os_name ~= 'posix'"));
  CHECK_FALSE(holds("os_name === 'posix'"));
  CHECK_FALSE(holds("'a' == 'a'"));
  CHECK_FALSE(holds("extras == 'a'", {{"a"}, {}, true}));
  CHECK_FALSE(holds("os_name ~= 'posix' or os_name == 'posix'"));
  CHECK_FALSE(holds("os_name == 'posix' or os_name ~= 'posix'"));
}

TEST_CASE("and binds closer than or", "[specs][Marker]") {
  CHECK(holds("os_name == 'posix' or os_name == 'nt' and python_version < '3'"));
  CHECK_FALSE(holds("(os_name == 'posix' or os_name == 'nt') and python_version < '3'"));
}

TEST_CASE("a marker holds where it does for one of the extras", "[specs][Marker]") {
  CHECK_FALSE(holds("extra == 'a'"));
  CHECK(holds("extra != 'a'"));
  CHECK(holds("extra == 'Foo_Bar'", {{"x", "foo-bar"}, {}}));
  CHECK_FALSE(holds("extra == 'a' and extra == 'b'", {{"a", "b"}, {}}));
}

TEST_CASE("extras and groups are known in locks, extra in requirements", "[specs][Marker]") {
  const MarkerSelection in_lock{{"a-b"}, {"dev"}, true};
  CHECK(holds("'A.b' in extras and 'dev' in dependency_groups", in_lock));
  CHECK(holds("'x' not in extras", in_lock));
  CHECK_FALSE(holds("extra != 'x'", in_lock));
  CHECK_FALSE(holds("extra == 'a-b'", in_lock));
  CHECK_FALSE(holds("'x' not in extras"));
  CHECK_FALSE(holds("'x' not in dependency_groups", {{"a"}, {}}));
  CHECK_FALSE(holds("os_name == 'posix' or 'x' in extras"));
}

TEST_CASE("a Python built from a checkout has a version", "[specs][Marker]") {
  MarkerEnvironment environment = linux_environment();
  environment.python_full_version = "3.13.0a1+";
  CHECK(Marker::parse("python_full_version > '3.12'").evaluate(environment));
}

TEST_CASE("markers are written with the parentheses they need", "[specs][Marker]") {
  const auto normal = [](const char* text) { return Marker::parse(text).to_string(); };
  CHECK(normal("((os.name=='a'))and(extra=='B_c' or 'x\"' in sys_platform)") ==
        "os_name == \"a\" and (extra == \"b-c\" or 'x\"' in sys_platform)");
  CHECK(normal("(os_name=='a' and os_name=='b') or os_name not  in 'c'") ==
        "os_name == \"a\" and os_name == \"b\" or os_name not in \"c\"");
}

TEST_CASE("what is no marker is refused at its place", "[specs][Marker]") {
  for (const char* text :
       {"", "os_name", "os_name ==", "os_name == 'a", "os_name == a", "nonsense == 'a'",
        "os_name == 'a' and", "os_name == 'a' 'b'", "(os_name == 'a'", "os_name == 'a')",
        "os_namex == 'a'", "os_name in'a'x", "'a'inos_name", "os_name == 'a\\n'",
        "os_name == 'a\n'", "os_name not 'a'"}) {
    INFO(text);
    CHECK_FALSE(Marker::try_parse(text));
  }
  try {
    (void)Marker::parse("os_name == 'a' or what");
    FAIL("accepted");
  } catch (const base::ParseError& error) {
    CHECK(error.offset() == 18);
    CHECK_FALSE(error.hints().empty());
  }
}

TEST_CASE("the depth of parentheses has a limit", "[specs][Marker]") {
  CHECK(Marker::try_parse(nested(64)));
  CHECK_FALSE(Marker::try_parse(nested(65)));
  CHECK_FALSE(Marker::try_parse(nested(100000)));
  std::string many = nested(1);
  for (int i = 0; i < 1000; ++i) many += " and " + nested(1);
  CHECK(Marker::parse(many).evaluate(linux_environment()));
}

TEST_CASE("the extras of a marker are those for which it holds", "[specs][Marker]") {
  for (const char* text :
       {"extra == 'a'", "extra != 'a'", "'A' == extra", "extra >= 'a'", "extra < 'b'",
        "extra == 'a' or extra == 'b'", "extra == 'a' and extra == 'b'",
        "(extra == 'a' or extra == 'c') and extra != 'c'", "extra != 'a' and extra != 'b'",
        "extra != 'a' or extra == 'a'", "extra == 'a' and os_name == 'nt'",
        "extra == 'a' or os_name == 'posix'", "extra == ''", "extra != ''",
        "extra == 'a' or os_name ~= 'posix'", "extra == os_name", "os_name == extra",
        "extra == 'a' or extra in extras",
        "python_version > '3' and (extra == 'b' or extra == 'a')"}) {
    CAPTURE(text);
    const Marker marker = Marker::parse(text);
    const std::optional<ExtraSet> extras = marker.extras(linux_environment());
    REQUIRE(extras);
    CHECK(extras->contains("") == marker.evaluate(linux_environment()));
    for (const char* name : {"a", "b", "c", "os-name", "other"}) {
      CAPTURE(name);
      CHECK(extras->contains(name) == marker.evaluate(linux_environment(), {{name}, {}}));
    }
  }
  CHECK_FALSE(Marker::parse("extra in 'a b'").extras(linux_environment()));
  CHECK_FALSE(Marker::parse("os_name == 'x' and 'a' not in extra").extras(linux_environment()));
}

}  // namespace ensure::specs
