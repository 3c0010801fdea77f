#include <string>
#include <vector>

#include "installer/base/error.h"
#include "installer/specs/requirements/requirement.h"
#include "tests/support/catch.h"

namespace ensure::specs {
namespace {

struct Case {
  std::string text;
  RequirementKind kind;
  std::string location;
  bool is_path;
  std::size_t extras;
  bool has_marker;
};

void check(const RequirementArgument& argument, const Case& expected) {
  INFO(expected.text);
  CHECK(argument.kind == expected.kind);
  CHECK(argument.location == expected.location);
  CHECK(argument.is_path == expected.is_path);
  CHECK(argument.extras.size() == expected.extras);
  CHECK(argument.marker.has_value() == expected.has_marker);
}

}  // namespace

TEST_CASE("names, URLs and paths are told apart by their text", "[specs][RequirementArgument]") {
  using enum RequirementKind;
  const std::vector<Case> cases = {
      {"flask", kIndex, "", false, 0, false},
      {" flask[async,dotenv]>=3 ; os_name == 'nt' ", kIndex, "", false, 2, true},
      {"a @ https://x.test/a.zip", kFile, "https://x.test/a.zip", false, 0, false},
      {"a[b]@https://x.test/a.zip ; os_name=='nt'", kFile, "https://x.test/a.zip", false, 1, true},
      {"a @ git+https://x.test/a@main", kVersionControl, "git+https://x.test/a@main", false, 0,
       false},
      {"GIT+ssh://x.test/a#egg=a", kVersionControl, "GIT+ssh://x.test/a#egg=a", false, 0, false},
      {"https://x.test/a-1.0.whl#sha256=0", kFile, "https://x.test/a-1.0.whl#sha256=0", false, 0,
       false},
      {"https://x.test/a;b.zip; os_name=='nt'", kFile, "https://x.test/a;b.zip", false, 0, true},
      {"file:///x/a.whl", kFile, "file:///x/a.whl", false, 0, false},
      {"a-1.0-py3-none-any.whl", kFile, "a-1.0-py3-none-any.whl", true, 0, false},
      {"dir/a-1.0.tar.gz[x]", kFile, "dir/a-1.0.tar.gz", true, 1, false},
      {"./project[x, y] ; os_name=='nt'", kFile, "./project", true, 2, true},
      {".", kFile, ".", true, 0, false},
      {"./a@b", kFile, "./a@b", true, 0, false},
      {"/abs/project", kFile, "/abs/project", true, 0, false},
  };
  for (const Case& expected : cases) check(RequirementArgument::parse(expected.text), expected);
}

TEST_CASE("what can be linked to", "[specs][RequirementArgument]") {
  using enum RequirementKind;
  const std::vector<Case> cases = {
      {".", kEditable, ".", true, 0, false},
      {"project[x]", kEditable, "project", true, 1, false},
      {"git+https://x.test/a#egg=a", kEditable, "git+https://x.test/a#egg=a", false, 0, false},
      {"a[x] @ file:///p ; os_name=='nt'", kEditable, "file:///p", false, 1, true},
  };
  for (const Case& expected : cases) {
    check(RequirementArgument::parse_editable(expected.text), expected);
  }
}

TEST_CASE("an argument is shown as pip would take it", "[specs][RequirementArgument]") {
  for (const char* text :
       {"flask[async]>=3", "./a[x,y] ; os_name == \"nt\"", "https://x.test/a.whl",
        "a @ https://x.test/a.zip ; os_name == \"nt\""}) {
    CHECK(RequirementArgument::parse(text).to_string() == text);
  }
}

TEST_CASE("a mistyped pin is explained", "[specs][RequirementArgument]") {
  try {
    (void)RequirementArgument::parse("foo=1");
    FAIL("not refused");
  } catch (const base::Error& error) {
    REQUIRE(error.hints().size() == 2);
    CHECK(error.hints()[1] == "a version is pinned with `==`");
  }
  CHECK_THROWS_AS(RequirementArgument::parse(""), base::Error);
  CHECK_THROWS_AS(RequirementArgument::parse("./a[!]"), base::Error);
  CHECK_THROWS_AS(RequirementArgument::parse("./a ; nonsense"), base::Error);
}

}  // namespace ensure::specs
