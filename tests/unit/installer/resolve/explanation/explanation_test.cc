#include "installer/resolve/explanation/explanation.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <variant>
#include <vector>

#include "installer/resolve/resolve.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/golden.h"
#include "tests/support/scenario.h"
#include "tests/support/scenario_provider.h"

namespace ensure::resolve {
namespace {

std::vector<fs::path> own_scenarios() {
  std::vector<fs::path> paths;
  for (const auto& entry :
       fs::directory_iterator(fs::path(ENSURE_SOURCE_DIRECTORY) / "tests/scenarios")) {
    paths.push_back(fs::ours(entry.path()));
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string text_of(const Explanation& explanation) {
  std::string text;
  for (const std::string& sentence : explanation.sentences) text += sentence + '\n';
  text += '\n';
  for (const std::string& hint : explanation.hints) text += "hint: " + hint + '\n';
  return text;
}

}  // namespace

TEST_CASE("why there is no solution is said in sentences", "[resolve][Explanation]") {
  std::size_t explained = 0;
  for (const fs::path& path : own_scenarios()) {
    INFO(path.text());
    fs::ifstream stream(path, std::ios::binary);
    const auto scenario =
        tests::Scenario::parse(std::string(std::istreambuf_iterator<char>(stream), {}));
    tests::ScenarioProvider provider(scenario);
    const SolveResult outcome = resolve(scenario.problem, provider);
    const auto* const no_solution = std::get_if<NoSolution>(&outcome);
    if (no_solution == nullptr) continue;
    ++explained;
    const Explanation explanation = explain(*no_solution, scenario.problem, provider);
    CHECK_FALSE(explanation.hints.empty());
    const std::string golden = path.stem().text() + ".txt";
    tests::check_golden(fs::path("tests/unit/installer/resolve/golden") / golden,
                        text_of(explanation));
  }
  CHECK(explained >= 15);
}

}  // namespace ensure::resolve
