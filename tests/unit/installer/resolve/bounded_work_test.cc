#include <algorithm>
#include <string>
#include <variant>
#include <vector>

#include "installer/base/error.h"
#include "installer/resolve/resolve.h"
#include "installer/resolve/solver/expansion.h"
#include "installer/resolve/solver/incompatibilities.h"
#include "installer/specs/requirements/dependencies.h"
#include "tests/support/catch.h"
#include "tests/support/scenario.h"
#include "tests/support/scenario_provider.h"
#include "universes.h"

/// Small metadata from untrusted sources that would make a naive solver work forever. How time
/// grows is measured by `tests/bench/parsers.cc`; here it is counted.
namespace ensure::resolve {
namespace {

using tests::Scenario;
using Texts = std::vector<std::string>;

std::string number(std::size_t value) { return std::to_string(value); }

SolveResult outcome_of(const Scenario& scenario) {
  tests::ScenarioProvider provider(scenario);
  return resolve(scenario.problem, provider);
}

Resolution solved(const Scenario& scenario) {
  SolveResult outcome = outcome_of(scenario);
  REQUIRE(std::holds_alternative<Resolution>(outcome));
  return std::get<Resolution>(std::move(outcome));
}

/// "[e0,e1...]"
std::string extras(std::size_t count) {
  std::string text = "[e0";
  for (std::size_t i = 1; i < count; ++i) text += ",e" + number(i);
  return text + "]";
}

/// How many incompatibilities it takes to say what `a` depends on, whose extras are all required.
std::size_t clauses_for(const Texts& requires_dist, std::size_t extra_count) {
  Scenario scenario = empty_scenario();
  add_version(scenario, "a", "1", requires_dist);
  Packages packages(scenario.problem);
  Incompatibilities incompatibilities;
  Expansion expansion(scenario.problem, packages, incompatibilities);
  const PackageId a = packages.id_of(specs::PackageName::parse("a"));
  for (std::size_t i = 0; i < extra_count; ++i) {
    (void)expansion.id_of_extra(a, specs::PackageName::parse("e" + number(i)));
  }
  tests::ScenarioProvider provider(scenario);
  const specs::Version version = specs::Version::parse("1");
  const auto& metadata =
      std::get<Metadata>(provider.metadata(specs::PackageName::parse("a"), version));
  (void)expansion.expand(a, {version, specs::VersionSet::exactly(version), 0, false}, metadata,
                         specs::Dependencies(metadata.requires_dist, scenario.problem.environment));
  return incompatibilities.size();
}

}  // namespace

TEST_CASE("a chain of extras is followed without recursion, each once", "[resolve][bounds]") {
  constexpr std::size_t kCount = 5'000;
  Scenario scenario = empty_scenario();
  Texts requires_dist;
  for (std::size_t i = 0; i + 1 < kCount; ++i) {
    requires_dist.push_back("a[e" + number(i + 1) + "]; extra == 'e" + number(i) + "'");
  }
  add_version(scenario, "a", "1", requires_dist);
  require(scenario, "a[e0]");
  const Resolution resolution = solved(scenario);
  REQUIRE(resolution.projects.size() == 1);
  CHECK(resolution.projects.front().extras.size() == kCount - 1);
  CHECK(resolution.projects.front().missing_extras.size() == 1);
  CHECK(clauses_for(requires_dist, kCount) == kCount - 1);
}

TEST_CASE("each requirement becomes an incompatibility for each extra it names",
          "[resolve][bounds]") {
  Texts one_each;
  std::string all = "b; extra == 'other'";
  for (std::size_t i = 0; i < 1'000; ++i) {
    one_each.push_back("b; extra == 'e" + number(i) + "'");
    all += " or extra == 'e" + number(i) + "'";
  }
  CHECK(clauses_for(one_each, 1'000) == 1'000);
  CHECK(clauses_for({all}, 1'000) == 1'000);
  CHECK(clauses_for({"b; extra != ''"}, 1'000) == 1'000);
  CHECK(clauses_for({"b; 'e1' in extra"}, 1'000) == 111);
}

TEST_CASE("a requirement that is repeated says nothing new", "[resolve][bounds]") {
  CHECK(clauses_for(Texts(1'000, "b>=1"), 0) == 1);
}

TEST_CASE("a version with too many open requirements is not taken", "[resolve][bounds]") {
  Scenario scenario = empty_scenario();
  add_version(scenario, "a", "1", {});
  add_version(scenario, "a", "2", Texts(100, "b; extra != ''"));
  require(scenario, "a[x]");
  const Resolution resolution = solved(scenario);
  CHECK(resolution.projects.front().version == specs::Version::parse("1"));
}

TEST_CASE("a version with too many combinations of extras is not taken", "[resolve][bounds]") {
  Scenario scenario = empty_scenario();
  std::string marker = "; extra == 'e0'";
  for (std::size_t i = 1; i < 1'000; ++i) marker += " or extra == 'e" + number(i) + "'";
  add_version(scenario, "a", "1", {});
  add_version(scenario, "a", "2", {"b" + extras(1'000) + marker});
  add_version(scenario, "b", "1", {});
  require(scenario, "a" + extras(1'000));
  const Resolution resolution = solved(scenario);
  CHECK(resolution.projects.front().version == specs::Version::parse("1"));
}

TEST_CASE("absurdly many extras of one project are refused", "[resolve][bounds]") {
  Scenario scenario = empty_scenario();
  add_version(scenario, "a", "1", {});
  require(scenario, "a" + extras(10'001));
  try {
    (void)outcome_of(scenario);
    FAIL("it was solved");
  } catch (const base::Error& error) {
    CHECK(error.exit_code() == base::ExitCode::kNoSolution);
    CHECK(error.message() == "more than 10000 extras of `a` are required");
  }
}

TEST_CASE("requirements that exclude versions one by one are bounded", "[resolve][bounds]") {
  Scenario scenario = empty_scenario();
  Texts requires_dist;
  for (std::size_t i = 0; i < 3'000; ++i) requires_dist.push_back("b!=1." + number(i));
  add_version(scenario, "a", "1", requires_dist);
  add_version(scenario, "b", "1", {});
  require(scenario, "a");
  try {
    (void)outcome_of(scenario);
    FAIL("it was solved");
  } catch (const base::Error& error) {
    CHECK(error.exit_code() == base::ExitCode::kNoSolution);
  }
}

TEST_CASE("incompatibilities that count no longer are dropped from the lists",
          "[resolve][bounds]") {
  Incompatibilities incompatibilities;
  std::vector<IncompatibilityId> ids;
  for (PackageId i = 1; i <= 100; ++i) {
    ids.push_back(incompatibilities.add(
        {{{0, Term::present()}, {i, Term::present()}}, {.reason = ProofStep::Reason::kNoVersion}}));
    incompatibilities.watch(ids.back());
  }
  for (std::size_t i = 0; i < 90; ++i) incompatibilities.unwatch(ids[i]);
  CHECK(incompatibilities.watching(0).size() <= 20);
  CHECK(std::ranges::count_if(incompatibilities.watching(0), [&](IncompatibilityId id) {
          return incompatibilities.is_watched(id);
        }) == 10);
}

}  // namespace ensure::resolve
