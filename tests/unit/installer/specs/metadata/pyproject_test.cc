#include "installer/specs/metadata/pyproject.h"

#include <functional>
#include <string>
#include <vector>

#include "installer/base/error.h"
#include "tests/support/catch.h"

namespace ensure::specs {
namespace {

using Texts = std::vector<std::string>;

Texts shown(const std::vector<Requirement>& requirements) {
  Texts texts;
  for (const Requirement& requirement : requirements) texts.push_back(requirement.to_string());
  return texts;
}

/// Message and first hint of what an action is refused with.
std::string refusal(const std::function<void()>& action) {
  try {
    action();
    return "";
  } catch (const base::Error& error) {
    CHECK(error.exit_code() == base::ExitCode::kUsage);
    REQUIRE_FALSE(error.hints().empty());
    return error.message() + " / " + error.hints().front();
  }
}

std::string group_refusal(const std::string& groups, const std::string& name) {
  return refusal([&] {
    (void)Pyproject::parse("[dependency-groups]\n" + groups).groups().requirements(name);
  });
}

const std::string kProject =
    "[project]\nname = 'Demo.App'\nrequires-python = '>=3.9'\ndependencies = ['a>=1', 'b']\n"
    "[project.optional-dependencies]\nOne = ['c', 'demo-app[two_x]']\n"
    "'Two.X' = ['d', 'demo_app[one]']\n";

}  // namespace

TEST_CASE("requirements of a project and of its extras", "[specs][Pyproject]") {
  const Pyproject project = Pyproject::parse(kProject);
  CHECK(shown(project.requirements()) == Texts{"a>=1", "b"});
  CHECK(shown(project.requirements({"two_X"})) == Texts{"a>=1", "b", "d", "c"});
  CHECK(refusal([&] { (void)project.requirements({"ones"}); }) ==
        "`Demo.App` has no extra `ones` / did you mean `one`?");
}

TEST_CASE("a project that cannot tell its requirements", "[specs][Pyproject]") {
  CHECK(refusal([] { (void)Pyproject::parse("").requirements(); }).starts_with("the file has no"));
  const Pyproject dynamic =
      Pyproject::parse("[project]\nname='x'\ndynamic=['optional-dependencies']\n");
  CHECK(dynamic.requirements().empty());
  CHECK(refusal([&] { (void)dynamic.requirements({"y"}); }).starts_with("only a build of `x`"));
  for (const char* text :
       {"[project]\n", "[project]\nname = 5", "[project]\nname='a'\ndependencies='b'",
        "[project]\nname='a'\ndependencies=['b c']", "project = 5", "x",
        "[project]\nname='a'\nrequires-python='x'",
        "[project]\nname='a'\noptional-dependencies={a_b=[],a-b=[]}"}) {
    INFO(text);
    CHECK_FALSE(refusal([text] { (void)Pyproject::parse(text); }).empty());
  }
}

TEST_CASE("groups include groups", "[specs][DependencyGroups]") {
  const Pyproject project = Pyproject::parse(
      "[dependency-groups]\nTest_A = ['pytest', {include-group = 'base.b'}, 'coverage']\n"
      "base-b = ['attrs']\nodd = [{include-group = 'base-b'}, {include-group = 'BASE-B'}]\n"
      "unknown = [{future = 1}]\n");
  CHECK(shown(project.groups().requirements("test-a")) == Texts{"pytest", "attrs", "coverage"});
  CHECK(shown(project.groups().requirements("odd")) == Texts{"attrs"});
  CHECK(project.groups().names().size() == 4);
}

TEST_CASE("groups that cannot be read", "[specs][DependencyGroups]") {
  CHECK(group_refusal("tests = []", "test") ==
        "there is no dependency group `test` / did you mean `tests`?");
  CHECK(group_refusal("", "test").find("no `[dependency-groups]`") != std::string::npos);
  CHECK(group_refusal("a = [{include-group = 'b'}]\nb = [{include-group = 'A'}]", "a")
            .starts_with("dependency groups include each other: a includes b includes a"));
  CHECK(group_refusal("a = [{include-group = 'x'}]", "a").starts_with("there is no dependency"));
  CHECK(group_refusal("a = []\nA = []", "a").find("have the same name") != std::string::npos);
  CHECK(group_refusal("a = 'b'", "a").starts_with("`dependency-groups.a` is not a list"));
  CHECK(group_refusal("a = ['x', 5]", "a").starts_with("`dependency-groups.a[1]` is neither"));
  CHECK(group_refusal("a = [{include-group = 'a', x = 1}]", "a").starts_with("`dependency-gr"));
  CHECK(group_refusal("a = ['x y']", "a").starts_with("`x y` is not a requirement"));
}

TEST_CASE("the block of a script", "[specs][ScriptMetadata]") {
  const std::string block =
      "#!/usr/bin/env python\r\n# /// script\r\n# dependencies = [\r\n#   'a',\r\n#\r\n# ]\r\n"
      "# requires-python = '>=3.11'\r\n# ///\r\nimport a\r\n";
  const std::optional<ScriptMetadata> metadata = ScriptMetadata::try_parse(block);
  REQUIRE(metadata.has_value());
  CHECK(shown(metadata->dependencies) == Texts{"a"});
  CHECK(metadata->requires_python->to_string() == ">=3.11");
  CHECK_FALSE(ScriptMetadata::try_parse("print(1)\n").has_value());
  CHECK_FALSE(ScriptMetadata::try_parse("# /// script\n# x = 1\n\n# ///\n").has_value());
  CHECK_FALSE(ScriptMetadata::try_parse("# /// other\n# x = 1\n# ///\n").has_value());
  CHECK_FALSE(refusal([&] { (void)ScriptMetadata::try_parse(block + block); }).empty());
  CHECK(ScriptMetadata::try_parse("# /// script\n# x = '''\n# ///\n# '''\n# ///\n").has_value());
}

}  // namespace ensure::specs
