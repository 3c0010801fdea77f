#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "installer/resolve/resolve.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/scenario.h"
#include "tests/support/scenario_provider.h"

namespace ensure::resolve {
namespace {

using tests::Scenario;
using tests::ScenarioAnswer;

fs::path conformance_directory() {
  const char* const named = std::getenv("ENSURE_CONFORMANCE");
  const fs::path root =
      named != nullptr && *named != '\0'
          ? fs::path(named)
          : fs::path(ENSURE_SOURCE_DIRECTORY).parent_path() / "shared/conformance";
  return root / "scenarios";
}

std::vector<fs::path> documents(const fs::path& directory) {
  std::vector<fs::path> paths;
  std::error_code failure;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(directory, failure)) {
    if (fs::ours(entry.path()).extension() == ".json") paths.push_back(fs::ours(entry.path()));
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

Scenario read(const fs::path& path) {
  fs::ifstream stream(path, std::ios::binary);
  return Scenario::parse(std::string(std::istreambuf_iterator<char>(stream), {}));
}

std::map<std::string, specs::Version> versions_of(const Resolution& resolution) {
  std::map<std::string, specs::Version> versions;
  for (const ResolvedProject& project : resolution.projects) {
    versions.emplace(project.name.normalized(), project.version);
  }
  return versions;
}

std::string text_of(const SolveResult& outcome) {
  const auto* const resolution = std::get_if<Resolution>(&outcome);
  if (resolution == nullptr) return "no solution";
  std::string text;
  for (const ResolvedProject& project : resolution->projects) {
    text += project.name.normalized() + ' ' + project.version.to_string() + "; ";
  }
  return text;
}

bool agrees(const SolveResult& outcome, const ScenarioAnswer& answer) {
  const auto* const resolution = std::get_if<Resolution>(&outcome);
  if ((resolution != nullptr) != answer.satisfiable) return false;
  return resolution == nullptr || !answer.packages || *answer.packages == versions_of(*resolution);
}

void check(const Scenario& scenario) {
  tests::ScenarioProvider provider(scenario);
  const SolveResult outcome = resolve(scenario.problem, provider);

  if (const auto* const resolution = std::get_if<Resolution>(&outcome)) {
    CHECK(tests::violations(scenario, *resolution) == std::vector<std::string>());
  }
  INFO(text_of(outcome));
  const auto& others = scenario.alternatives;
  CHECK((agrees(outcome, scenario.expected) ||
         std::any_of(others.begin(), others.end(), [&outcome](const ScenarioAnswer& answer) {
           return agrees(outcome, answer);
         })));
}

void check_directory(const fs::path& directory) {
  const std::vector<fs::path> paths = documents(directory);
  if (paths.empty()) WARN("skipped: no conformance data in " << directory.text());
  for (const fs::path& path : paths) {
    INFO(path.text());
    check(read(path));
  }
}

}  // namespace

TEST_CASE("scenarios of the conformance data are solved as expected", "[resolve][conformance]") {
  check_directory(conformance_directory());
}

TEST_CASE("our own scenarios are solved as expected", "[resolve][scenarios]") {
  check_directory(fs::path(ENSURE_SOURCE_DIRECTORY) / "tests/scenarios");
}

}  // namespace ensure::resolve
