#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "installer/resolve/resolve.h"
#include "tests/support/catch.h"
#include "tests/support/scenario.h"
#include "tests/support/scenario_provider.h"
#include "universes.h"

namespace ensure::resolve {
namespace {

Resolution solved(const tests::Scenario& scenario) {
  tests::ScenarioProvider provider(scenario);
  SolveResult outcome = resolve(scenario.problem, provider);
  REQUIRE(std::holds_alternative<Resolution>(outcome));
  Resolution resolution = std::get<Resolution>(std::move(outcome));
  CHECK(tests::violations(scenario, resolution) == std::vector<std::string>());
  return resolution;
}

std::string version_in(const Resolution& resolution, const std::string& name) {
  for (const ResolvedProject& project : resolution.projects) {
    if (project.name.normalized() == name) return project.version.to_string();
  }
  return "none";
}

}  // namespace

// Each takes some milliseconds, because the solver takes few steps, which are counted here.

TEST_CASE("160 projects take no conflict", "[resolve][speed]") {
  const Resolution result = solved(large_universe(160));
  CHECK(result.projects.size() == 160);
  CHECK(result.effort.conflicts == 0);
}

TEST_CASE("700 versions that fail are not all looked at", "[resolve][speed]") {
  const Resolution result = solved(backtracking_universe(700));
  CHECK(version_in(result, "sdk") == "1.19.0");
  CHECK(version_in(result, "core") == "1.19.0");
  CHECK(version_in(result, "http") == "2.0.5");
  CHECK(result.effort.metadata_visits < 700);
}

TEST_CASE("a conflict that turns the order of decisions round takes few steps",
          "[resolve][speed]") {
  const Resolution result = solved(threshold_universe());
  CHECK(version_in(result, "left") == version_in(result, "middle"));
  CHECK(result.effort.conflicts < 200);
}

}  // namespace ensure::resolve
