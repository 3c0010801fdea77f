#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "installer/base/error.h"
#include "installer/resolve/resolve.h"
#include "tests/support/catch.h"
#include "tests/support/scenario.h"
#include "tests/support/scenario_provider.h"
#include "universes.h"

namespace ensure::resolve {
namespace {

using tests::Scenario;
using Texts = std::vector<std::string>;

Resolution solved(const Scenario& scenario) {
  tests::ScenarioProvider provider(scenario);
  SolveResult outcome = resolve(scenario.problem, provider);
  REQUIRE(std::holds_alternative<Resolution>(outcome));
  return std::get<Resolution>(std::move(outcome));
}

/// Such as "b 1.0", in the order of the resolution.
Texts projects_of(const Resolution& resolution) {
  Texts projects;
  for (const ResolvedProject& project : resolution.projects) {
    projects.push_back(project.name.normalized() + ' ' + project.version.to_string());
  }
  return projects;
}

Texts requests_of(const Scenario& scenario) {
  tests::ScenarioProvider provider(scenario);
  static_cast<void>(resolve(scenario.problem, provider));
  return provider.requests();
}

const ResolvedProject& project_in(const Resolution& resolution, std::string_view name) {
  const auto found = std::find_if(
      resolution.projects.begin(), resolution.projects.end(),
      [name](const ResolvedProject& project) { return project.name.normalized() == name; });
  REQUIRE(found != resolution.projects.end());
  return *found;
}

}  // namespace

TEST_CASE("dependencies stand before what depends on them", "[resolve][Resolution]") {
  Scenario scenario = empty_scenario();
  add_version(scenario, "a", "1", {"z", "m"});
  add_version(scenario, "m", "1", {"b"});
  add_version(scenario, "z", "1", {"m"});
  add_version(scenario, "b", "1", {});
  add_version(scenario, "c", "1", {});
  require(scenario, "c");
  require(scenario, "a");
  CHECK(projects_of(solved(scenario)) == Texts{"b 1", "m 1", "z 1", "a 1", "c 1"});
}

TEST_CASE("a resolution tells what brought a project in", "[resolve][Resolution]") {
  Scenario scenario = empty_scenario();
  add_version(scenario, "a", "1", {"b>=1", "c; extra == 'x'"}).provides_extra = {
      specs::PackageName::parse("x")};
  add_version(scenario, "b", "1", {});
  add_version(scenario, "c", "1", {"b"});
  require(scenario, "a[x,nonsense]");
  const Resolution resolution = solved(scenario);

  const ResolvedProject& a = project_in(resolution, "a");
  CHECK(a.requested);
  REQUIRE(a.extras.size() == 1);
  CHECK(a.extras.front().normalized() == "x");
  REQUIRE(a.missing_extras.size() == 1);
  CHECK(a.missing_extras.front().normalized() == "nonsense");
  REQUIRE(a.origins.size() == 1);
  CHECK_FALSE(a.origins.front().parent);

  const ResolvedProject& b = project_in(resolution, "b");
  CHECK_FALSE(b.requested);
  REQUIRE(b.origins.size() == 2);
  CHECK(b.origins[0].parent->normalized() == "a");
  CHECK(b.origins[0].requirement.to_string() == "b>=1");
  CHECK(b.origins[1].parent->normalized() == "c");
}

TEST_CASE("a yanked version is marked", "[resolve][Resolution]") {
  Scenario scenario = empty_scenario();
  add_version(scenario, "a", "1", {}).yanked = true;
  require(scenario, "a==1");
  CHECK(project_in(solved(scenario), "a").yanked);
}

TEST_CASE("an installed version is kept without asking for others", "[resolve][Provider]") {
  Scenario scenario = empty_scenario();
  add_version(scenario, "a", "1", {"b"});
  add_version(scenario, "a", "2", {"b"});
  add_version(scenario, "b", "1", {});
  require(scenario, "a");
  scenario.problem.preferences = {{specs::PackageName::parse("a"), specs::Version::parse("1")},
                                  {specs::PackageName::parse("b"), specs::Version::parse("1")}};
  CHECK(requests_of(scenario) == Texts{"metadata a 1", "metadata b 1"});
}

TEST_CASE("a favoured version is taken where the provider has it", "[resolve][Preference]") {
  Scenario scenario = empty_scenario();
  for (const char* version : {"1", "2", "3"}) add_version(scenario, "a", version, {"b"});
  add_version(scenario, "b", "1", {});
  add_version(scenario, "b", "3", {});
  require(scenario, "a");
  scenario.problem.preferences = {
      {specs::PackageName::parse("a"), specs::Version::parse("2"), false},
      {specs::PackageName::parse("b"), specs::Version::parse("2"), false}};
  CHECK(projects_of(solved(scenario)) == Texts{"b 3", "a 2"});
  require(scenario, "a!=2");
  CHECK(projects_of(solved(scenario)) == Texts{"b 3", "a 3"});
}

TEST_CASE("extras that are asked for by what stays come with their project", "[resolve][Problem]") {
  Scenario scenario = empty_scenario();
  add_version(scenario, "core", "1", {"d; extra == 'x'", "e; extra == 'y'"});
  add_version(scenario, "d", "1", {});
  add_version(scenario, "e", "1", {});
  add_version(scenario, "other", "1", {});
  scenario.problem.staying = {{specs::PackageName::parse("app"),
                               specs::Version::parse("1"),
                               {specs::Requirement::parse("core[x]")}}};
  require(scenario, "other");
  CHECK(projects_of(solved(scenario)) == Texts{"other 1"});
  require(scenario, "core");
  CHECK(projects_of(solved(scenario)) == Texts{"d 1", "core 1", "other 1"});
}

TEST_CASE("what stays is no part of a resolution unless it is needed", "[resolve][Problem]") {
  Scenario scenario = empty_scenario();
  add_version(scenario, "a", "1", {});
  add_version(scenario, "a", "2", {"old"});
  add_version(scenario, "old", "1", {"c<2"});
  add_version(scenario, "old", "2", {});
  add_version(scenario, "c", "1", {});
  add_version(scenario, "c", "2", {});
  require(scenario, "c");
  scenario.problem.staying = {{specs::PackageName::parse("old"),
                               specs::Version::parse("1"),
                               {specs::Requirement::parse("c<2")}}};
  CHECK(projects_of(solved(scenario)) == Texts{"c 1"});
  require(scenario, "a");
  CHECK(projects_of(solved(scenario)) == Texts{"c 1", "old 1", "a 2"});
}

TEST_CASE("the provider is told early and at once what will be needed", "[resolve][Provider]") {
  Scenario scenario = empty_scenario();
  add_version(scenario, "a", "1", {"c", "d"});
  add_version(scenario, "b", "1", {"d"});
  add_version(scenario, "c", "1", {});
  add_version(scenario, "d", "1", {});
  require(scenario, "a");
  require(scenario, "b");
  CHECK(requests_of(scenario) ==
        Texts{"prefetch a, b", "candidates a", "metadata a 1", "prefetch c, d", "candidates b",
              "metadata b 1", "candidates c", "metadata c 1", "candidates d", "metadata d 1"});
}

TEST_CASE("the provider is told which versions will be tried next", "[resolve][Provider]") {
  const Texts requests = requests_of(backtracking_universe(60));
  const auto told = [](const std::string& request) {
    return request.starts_with("prefetch sdk 1.");
  };
  const auto first = std::find_if(requests.begin(), requests.end(), told);
  REQUIRE(first != requests.end());
  CHECK(*first ==
        "prefetch sdk 1.56.0, sdk 1.55.0, sdk 1.54.0, sdk 1.53.0, sdk 1.52.0, sdk 1.51.0");
  // Some 40 versions fail; each is told once, in few messages.
  CHECK(std::count_if(requests.begin(), requests.end(), told) < 8);
  CHECK(std::count_if(requests.begin(), requests.end(), [](const std::string& request) {
          return request.starts_with("prefetch") && request.find("sdk 1.40.0") != std::string::npos;
        }) == 1);
}

TEST_CASE("a URL stands for the version that the caller found there", "[resolve][Problem]") {
  Scenario scenario = empty_scenario();
  add_version(scenario, "a", "1.0b1", {});
  add_version(scenario, "b", "1", {"a @ https://host.test/a.whl", "a>=1.0a1"});
  require(scenario, "a @ https://host.test/a.whl");
  require(scenario, "b");
  scenario.problem.direct_references = {
      {specs::PackageName::parse("a"), "https://host.test/a.whl", specs::Version::parse("1.0b1")}};
  tests::ScenarioProvider provider(scenario);
  const SolveResult outcome = resolve(scenario.problem, provider);
  REQUIRE(std::holds_alternative<Resolution>(outcome));
  CHECK(projects_of(std::get<Resolution>(outcome)) == Texts{"a 1.0b1", "b 1"});
}

TEST_CASE("a URL of the user that nobody resolved is an error", "[resolve][Problem]") {
  Scenario scenario = empty_scenario();
  require(scenario, "a @ https://host.test/a.whl");
  tests::ScenarioProvider provider(scenario);
  CHECK_THROWS_AS(resolve(scenario.problem, provider), base::Error);
}

TEST_CASE("the limit of decisions ends the job", "[resolve][Problem]") {
  Scenario scenario = large_universe(20);
  scenario.problem.decision_limit = 10;
  tests::ScenarioProvider provider(scenario);
  CHECK_THROWS_AS(resolve(scenario.problem, provider), base::Error);
  scenario.problem.decision_limit = 1000;
  CHECK(std::holds_alternative<Resolution>(resolve(scenario.problem, provider)));
}

namespace {

/// Says no to the metadata of one version.
class BrokenMetadata final : public Provider {
 public:
  BrokenMetadata(Provider& provider, MetadataAnswer answer)
      : provider_(provider), answer_(std::move(answer)) {}

  const Candidates& candidates(const specs::PackageName& name) override {
    return provider_.candidates(name);
  }
  const MetadataAnswer& metadata(const specs::PackageName& name,
                                 const specs::Version& version) override {
    return version == specs::Version::parse("2") ? answer_ : provider_.metadata(name, version);
  }

 private:
  Provider& provider_;
  MetadataAnswer answer_;
};

}  // namespace

TEST_CASE("a version whose metadata forbid it is passed over", "[resolve][Provider]") {
  Scenario scenario = empty_scenario();
  add_version(scenario, "a", "1", {});
  add_version(scenario, "a", "2", {});
  require(scenario, "a");
  const std::vector<MetadataAnswer> answers = {
      Unavailable{UnavailableReason::kMetadata, "has no metadata that could be read"},
      Metadata{{}, specs::SpecifierSet::parse(">=3.13"), {}},
      Metadata{{specs::Requirement::parse("b @ https://host.test/b.whl")}, std::nullopt, {}}};
  for (const MetadataAnswer& answer : answers) {
    tests::ScenarioProvider inner(scenario);
    BrokenMetadata provider(inner, answer);
    const SolveResult outcome = resolve(scenario.problem, provider);
    REQUIRE(std::holds_alternative<Resolution>(outcome));
    CHECK(projects_of(std::get<Resolution>(outcome)) == Texts{"a 1"});
  }
}

}  // namespace ensure::resolve
