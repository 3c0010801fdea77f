#include <chrono>
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

struct Timed {
  Resolution resolution;
  std::chrono::milliseconds took{};
};

Timed timed(const tests::Scenario& scenario) {
  tests::ScenarioProvider provider(scenario);
  // What a provider does is not the solver's: it answers a second run from memory.
  REQUIRE(std::holds_alternative<Resolution>(resolve(scenario.problem, provider)));
  const auto start = std::chrono::steady_clock::now();
  Outcome outcome = resolve(scenario.problem, provider);
  const auto took = std::chrono::steady_clock::now() - start;
  Timed result{std::get<Resolution>(std::move(outcome)),
               std::chrono::duration_cast<std::chrono::milliseconds>(took)};
  CHECK(tests::violations(scenario, result.resolution) == std::vector<std::string>());
  return result;
}

std::string version_in(const Resolution& resolution, const std::string& name) {
  for (const ResolvedProject& project : resolution.projects) {
    if (project.name.normalized() == name) return project.version.to_string();
  }
  return "none";
}

}  // namespace

// They take some milliseconds; the bounds allow for machines that are slow or busy, and for builds
// with sanitizers.

TEST_CASE("160 projects take milliseconds", "[resolve][speed]") {
  const Timed result = timed(large_universe(160));
  CHECK(result.resolution.projects.size() == 160);
  CHECK(result.resolution.effort.conflicts == 0);
  CHECK(result.took < std::chrono::milliseconds(1000));
}

TEST_CASE("700 versions that fail take milliseconds", "[resolve][speed]") {
  const Timed result = timed(backtracking_universe(700));
  CHECK(version_in(result.resolution, "sdk") == "1.19.0");
  CHECK(version_in(result.resolution, "core") == "1.19.0");
  CHECK(version_in(result.resolution, "http") == "2.0.5");
  CHECK(result.resolution.effort.metadata_visits < 700);
  CHECK(result.took < std::chrono::milliseconds(1000));
}

TEST_CASE("a conflict that turns the order of decisions round takes milliseconds",
          "[resolve][speed]") {
  const Timed result = timed(threshold_universe());
  CHECK(version_in(result.resolution, "left") == version_in(result.resolution, "middle"));
  CHECK(result.resolution.effort.conflicts < 200);
  CHECK(result.took < std::chrono::milliseconds(1000));
}

}  // namespace ensure::resolve
