#include "installer/install/installed/change_plan.h"

#include "installer/base/error.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"
#include "tree.h"
#include "wheel_target.h"

namespace ensure::install {

namespace {

specs::PackageName name(const std::string& text) { return specs::PackageName::parse(text); }

InstalledProject project(const std::string& of, const std::string& version,
                         const std::string& direct_url = "") {
  return {.distribution = {name(of), specs::Version::parse(version), "site",
                           "site/" + of + "-" + version + ".dist-info"},
          .direct_url = direct_url,
          .requested = false};
}

WantedWheel wanted(const std::string& of, const std::string& version,
                   const std::string& direct_url = "", bool anew = false) {
  return {.name = name(of),
          .version = specs::Version::parse(version),
          .direct_url = direct_url,
          .anew = anew};
}

std::vector<std::string> names_of(const std::vector<InstalledProject>& projects) {
  std::vector<std::string> names;
  names.reserve(projects.size());
  for (const InstalledProject& found : projects) {
    names.push_back(found.distribution.name.normalized());
  }
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("what is missing is installed and what is there is kept", "[install][ChangePlan]") {
  const InstalledProjects installed{.projects = {project("a", "1.0"), project("b", "1.0")},
                                    .legacy = {}};
  const ChangePlan plan =
      plan_changes(installed, {wanted("A", "1.0.0"), wanted("b", "2.0"), wanted("c", "1.0")}, {});
  CHECK(plan.install == std::vector<std::size_t>{2});
  REQUIRE(plan.upgrade.size() == 1);
  CHECK(plan.upgrade[0].wanted == 1);
  CHECK(names_of(plan.upgrade[0].replaced) == Names{"b"});
  CHECK(names_of(plan.keep) == Names{"a"});
  CHECK(plan.remove.empty());
  CHECK(plan.removed().size() == 1);
  CHECK(plan.kept().size() == 1);
  CHECK_FALSE(plan.empty());
}

TEST_CASE("an installation that is as wanted is left alone", "[install][ChangePlan]") {
  const InstalledProjects installed{.projects = {project("a", "1.0"), project("other", "1.0")},
                                    .legacy = {{name("old"), "site/old.egg-info"}}};
  CHECK(plan_changes(installed, {wanted("a", "1.0")}, {}).empty());
}

TEST_CASE("what decides whether a project stays", "[install][ChangePlan]") {
  const std::string url = R"({"url": "https://index.test/a.whl"})";
  struct Case {
    InstalledProject installed;
    WantedWheel wanted;
    bool kept;
  };
  const std::vector<Case> cases = {
      {project("a", "1.0"), wanted("a", "1.0"), true},
      {project("a", "1.0"), wanted("a", "0.9"), false},
      {project("a", "1.0"), wanted("a", "1.0+local"), false},
      {project("a", "1.0"), wanted("a", "1.0", "", true), false},
      {project("a", "1.0"), wanted("a", "1.0", url), false},
      {project("a", "1.0", url), wanted("a", "1.0", url), true},
      {project("a", "1.0", url), wanted("a", "1.0", "{}"), false},
      {project("a", "1.0", url), wanted("a", "1.0"), true},
  };
  for (const Case& test : cases) {
    const ChangePlan plan =
        plan_changes({.projects = {test.installed}, .legacy = {}}, {test.wanted}, {});
    CAPTURE(&test - cases.data());
    CHECK(plan.empty() == test.kept);
    CHECK(plan.upgrade.size() == (test.kept ? 0 : 1));
  }
}

TEST_CASE("a project that is there twice is put right", "[install][ChangePlan]") {
  const InstalledProjects installed{.projects = {project("a", "1.0"), project("a", "2.0")},
                                    .legacy = {}};
  const ChangePlan plan = plan_changes(installed, {wanted("a", "2.0")}, {});
  REQUIRE(plan.upgrade.size() == 1);
  CHECK(plan.upgrade[0].replaced.size() == 2);
}

TEST_CASE("a sync removes what is not wanted", "[install][ChangePlan]") {
  const InstalledProjects installed{
      .projects = {project("a", "1.0"), project("b", "1.0"), project("pip", "26.0")}, .legacy = {}};
  const ChangePlan plan = plan_changes(installed, {wanted("a", "1.0")},
                                       {.remove = true, .kept_always = {name("pip")}, .named = {}});
  CHECK(names_of(plan.remove) == Names{"b"});
  CHECK(names_of(plan.keep) == Names{"a", "pip"});
}

TEST_CASE("what is installed in an older form is not touched", "[install][ChangePlan]") {
  const InstalledProjects installed{.projects = {},
                                    .legacy = {{name("old"), "site/old-1.0.egg-info"}}};
  try {
    (void)plan_changes(installed, {wanted("old", "2.0")}, {});
    FAIL_CHECK("was planned");
  } catch (const base::Error& error) {
    CHECK(error.exit_code() == base::ExitCode::kFileSystem);
    CHECK(error.message().find("site/old-1.0.egg-info") != std::string::npos);
    CHECK_FALSE(error.hints().empty());
  }
}

TEST_CASE("what is installed is found in both library directories", "[install][ChangePlan]") {
  const tests::TempDir directory;
  const fs::path pure = directory / "pure";
  const fs::path plat = directory / "plat";
  put(pure / "a-1.0.dist-info/direct_url.json", "{}");
  put(pure / "a-1.0.dist-info/REQUESTED", "");
  put(plat / "b-1.0.dist-info/METADATA", "");
  put(plat / "Old_Name-1.0-py3.12.egg-info/PKG-INFO", "");
  put(plat / "dev.egg-link", "");
  base::Directory::open(directory.path()).create_link("same", "pure");

  const InstalledProjects found = find_installed(pure, plat);
  REQUIRE(found.projects.size() == 2);
  CHECK(found.projects[0].direct_url == "{}");
  CHECK(found.projects[0].requested);
  CHECK(found.projects[1].direct_url.empty());
  CHECK_FALSE(found.projects[1].requested);
  REQUIRE(found.legacy.size() == 2);
  CHECK(found.legacy[0].name.normalized() == "old-name");
  CHECK(found.legacy[1].name.normalized() == "dev");
  CHECK(find_installed(pure, directory / "same").projects.size() == 1);
  CHECK(find_installed(directory / "none", directory / "none").projects.empty());
}

TEST_CASE("upgrades, additions and removals are one step", "[install][ChangePlan]") {
  const WheelTarget target;
  const auto old_wheels = {
      open_wheel(wheel_of("a", {{"ns/a.py", "1"}, {"a_old.py", "1"}})),
      open_wheel(wheel_of("b", {{"ns/b.py", "1"}})),
      open_wheel(
          wheel_of("c", {{"c.py", "1"},
                         {"c-1.0.dist-info/entry_points.txt", "[console_scripts]\nc = c:main\n"}})),
  };
  target.install(old_wheels);
  CHECK(fs::exists(target.path() / "bin/c"));
  testing::WheelBuilder newer("a", "2.0");
  newer.remove("demo/__init__.py");
  newer.remove("demo/data/table.csv");
  newer.add("ns/a.py", "2");
  newer.add("ns/b.py", "moved here");
  target.change_to({open_wheel(newer), open_wheel(wheel_of("d", {{"c.py", "moved here"}}))}, true);
  CHECK(target.content("ns/a.py") == "2");
  CHECK(target.content("ns/b.py") == "moved here");
  CHECK(target.content("c.py") == "moved here");
  CHECK(base::list_directory(target.site()) ==
        std::vector<std::string>{"a-2.0.dist-info", "c.py", "d-1.0.dist-info", "ns"});
  CHECK_FALSE(fs::exists(target.path() / "bin/c"));
  CHECK(base::list_directory(target.directory()) == std::vector<std::string>{"env"});
}

TEST_CASE("a change that fails leaves the target as it was", "[install][ChangePlan]") {
  const WheelTarget target;
  target.install(
      {open_wheel(wheel_of("a", {{"a.py", "1"}})), open_wheel(wheel_of("b", {{"b.py", "1"}}))});
  const Tree before = target.tree();
  testing::WheelBuilder newer("a", "2.0");
  newer.at("demo/__init__.py").packed = testing::deflate("evil");
  CHECK_THROWS_AS(target.change_to({open_wheel(newer)}, true), base::Error);
  CHECK(target.tree() == before);
  CHECK(base::list_directory(target.directory()) == std::vector<std::string>{"env"});
}

}  // namespace ensure::install
