#include "universes.h"

#include <random>

namespace ensure::resolve {
namespace {

std::string project_name(std::uint32_t number) { return "project" + std::to_string(number); }

/// The same on every machine, unlike the distributions of the standard library.
std::uint32_t below(std::mt19937& random, std::uint32_t bound) {
  return static_cast<std::uint32_t>(random() % bound);
}

std::string random_requirement(std::mt19937& random) {
  static const std::vector<std::string> kBounds = {"",    "<2",  ">=2",    "==1",
                                                   "==3", "!=2", ">=1,<3", ">1"};
  std::string text = project_name(below(random, 4));
  if (below(random, 4) == 0) text += below(random, 2) == 0 ? "[x]" : "[y]";
  return text + kBounds[below(random, static_cast<std::uint32_t>(kBounds.size()))];
}

}  // namespace

tests::Scenario empty_scenario() {
  return tests::Scenario::parse(R"({
    "root": {"requires": []}, "environment": {}, "resolver_options": {}, "packages": {},
    "expected": {}})");
}

tests::ScenarioVersion& add_version(tests::Scenario& scenario, const std::string& project,
                                    const std::string& version,
                                    const std::vector<std::string>& requires_dist) {
  tests::ScenarioVersion& added =
      scenario.packages[project].try_emplace(specs::Version::parse(version)).first->second;
  added.wheel_tags = {"py3-none-any"};
  for (const std::string& text : requires_dist) {
    added.requires_dist.push_back(specs::Requirement::parse(text));
  }
  return added;
}

void require(tests::Scenario& scenario, const std::string& requirement) {
  scenario.problem.requirements.push_back(specs::Requirement::parse(requirement));
}

tests::Scenario random_universe(std::uint32_t seed) {
  std::mt19937 random(seed);
  tests::Scenario scenario = empty_scenario();
  for (std::uint32_t number = 0; number < 4; ++number) {
    for (std::uint32_t version = 1; version <= 3; ++version) {
      std::vector<std::string> dependencies;
      for (std::uint32_t count = below(random, 3); count > 0; --count) {
        dependencies.push_back(random_requirement(random));
      }
      for (const char* extra : {"x", "y"}) {
        if (below(random, 2) == 0) continue;
        dependencies.push_back(random_requirement(random) + "; extra == '" + extra + "'");
      }
      add_version(scenario, project_name(number), std::to_string(version), dependencies)
          .provides_extra = {specs::PackageName::parse("x"), specs::PackageName::parse("y")};
    }
  }
  for (std::uint32_t count = 1 + below(random, 3); count > 0; --count) {
    require(scenario, random_requirement(random));
  }
  return scenario;
}

tests::Scenario large_universe(std::uint32_t projects) {
  std::mt19937 random(projects);
  tests::Scenario scenario = empty_scenario();
  for (std::uint32_t number = 0; number < projects; ++number) {
    for (std::uint32_t version = 1; version <= 30; ++version) {
      std::vector<std::string> dependencies;
      for (std::uint32_t step = 1; step <= 6 && number + step < projects; ++step) {
        const std::string least = std::to_string(1 + below(random, version));
        dependencies.push_back(project_name(number + step) + ">=" + least + ".0,<40");
      }
      add_version(scenario, project_name(number), std::to_string(version) + ".0", dependencies);
    }
  }
  for (std::uint32_t number = 0; number < projects; number += 10) {
    require(scenario, project_name(number) + ">=5");
  }
  return scenario;
}

tests::Scenario backtracking_universe(std::uint32_t versions) {
  tests::Scenario scenario = empty_scenario();
  for (std::uint32_t version = 0; version < versions; ++version) {
    const std::string text = "1." + std::to_string(version) + ".0";
    const std::string next = "1." + std::to_string(version + 1) + ".0";
    add_version(scenario, "sdk", text,
                {"core>=" + text + ",<" + next, "transfer>=0.10,<0.11", "paths<2,>=0.7"});
    add_version(scenario, "core", text,
                {"paths<2,>=0.7", "http>=1.25.4,<2.1; python_version >= '3.10'"});
  }
  for (const char* project : {"transfer", "paths", "http"}) {
    for (const char* version : {"0.10.0", "1.25.5", "2.0.5", "2.5.0"}) {
      add_version(scenario, project, version, {});
    }
  }
  require(scenario, "sdk");
  require(scenario, "core<1.20,>1.2");
  require(scenario, "http>=2");
  return scenario;
}

tests::Scenario threshold_universe() {
  tests::Scenario scenario = large_universe(60);
  for (std::uint32_t version = 1; version <= 50; ++version) {
    const std::string text = std::to_string(version);
    add_version(scenario, "left", text, {"middle==" + text});
    add_version(scenario, "right", text,
                {"middle==" + std::to_string(version <= 3 ? version : 99)});
    add_version(scenario, "middle", text, {"project30"});
  }
  add_version(scenario, "middle", "99", {});
  require(scenario, "left");
  require(scenario, "right");
  return scenario;
}

}  // namespace ensure::resolve
