#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "installer/resolve/resolve.h"
#include "tests/support/catch.h"
#include "tests/support/scenario.h"
#include "tests/support/scenario_provider.h"
#include "universes.h"

namespace ensure::resolve {
namespace {

using tests::Scenario;

/// Tries every way to take or leave out the projects of a scenario from one on.
bool has_solution(
    const Scenario& scenario,
    std::map<std::string, std::map<specs::Version, tests::ScenarioVersion>>::const_iterator project,
    Resolution& chosen) {
  if (project == scenario.packages.end()) return tests::violations(scenario, chosen).empty();
  const auto next = std::next(project);
  if (has_solution(scenario, next, chosen)) return true;
  for (const auto& [version, unused] : project->second) {
    const specs::PackageName name = specs::PackageName::parse(project->first);
    chosen.projects.push_back({name, version, {}, {}, false, false, {}});
    if (has_solution(scenario, next, chosen)) return true;
    chosen.projects.pop_back();
  }
  return false;
}

struct Run {
  SolveResult outcome;
  std::vector<std::string> requests;
};

Run run(const Scenario& scenario) {
  tests::ScenarioProvider provider(scenario);
  SolveResult outcome = resolve(scenario.problem, provider);
  return {std::move(outcome), provider.requests()};
}

std::string text_of(const SolveResult& outcome) {
  const auto* const resolution = std::get_if<Resolution>(&outcome);
  if (resolution == nullptr) return "no solution";
  std::string text;
  for (const ResolvedProject& project : resolution->projects) {
    text += project.name.normalized() + ' ' + project.version.to_string() + ' ';
  }
  return text;
}

}  // namespace

TEST_CASE("answers on small universes are those of an exhaustive search", "[resolve][Solver]") {
  static constexpr std::uint32_t kUniverses = 600;
  int satisfiable = 0;
  for (std::uint32_t seed = 0; seed < kUniverses; ++seed) {
    INFO("seed " << seed);
    const Scenario scenario = random_universe(seed);
    const Run first = run(scenario);
    const auto* const resolution = std::get_if<Resolution>(&first.outcome);
    if (resolution != nullptr) {
      ++satisfiable;
      CHECK(tests::violations(scenario, *resolution) == std::vector<std::string>());
    } else {
      Resolution none;
      CHECK_FALSE(has_solution(scenario, scenario.packages.begin(), none));
    }
  }
  // Both kinds have to be there for the test to tell something.
  CHECK(satisfiable > 100);
  CHECK(satisfiable < 500);
}

TEST_CASE("the answer and the way to it are the same in every run", "[resolve][Solver]") {
  for (std::uint32_t seed = 0; seed < 50; ++seed) {
    INFO("seed " << seed);
    const Scenario scenario = random_universe(seed);
    const Run first = run(scenario);
    const Run second = run(scenario);
    CHECK(text_of(first.outcome) == text_of(second.outcome));
    CHECK(first.requests == second.requests);
  }
}

TEST_CASE("every step of a proof is used and comes after what it follows from",
          "[resolve][NoSolution]") {
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    const Run found = run(random_universe(seed));
    const auto* const no_solution = std::get_if<NoSolution>(&found.outcome);
    if (no_solution == nullptr) continue;
    INFO("seed " << seed);
    REQUIRE_FALSE(no_solution->steps.empty());
    CHECK(no_solution->steps.back().terms.empty());
    std::vector<bool> used(no_solution->steps.size());
    for (std::size_t place = 0; place < used.size(); ++place) {
      const ProofStep& step = no_solution->steps[place];
      if (step.reason != ProofStep::Reason::kDerived) continue;
      REQUIRE(step.left < place);
      REQUIRE(step.right < place);
      used[step.left] = used[step.right] = true;
    }
    used.back() = true;
    CHECK(std::find(used.begin(), used.end(), false) == used.end());
  }
}

}  // namespace ensure::resolve
