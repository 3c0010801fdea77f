#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/resolve/problem.h"
#include "installer/resolve/resolve.h"
#include "installer/specs/requirements/requirement.h"
#include "installer/specs/tags/tag_set.h"
#include "installer/specs/versions/version.h"

namespace ensure::tests {

/// A version of a project as a scenario describes it.
struct ScenarioVersion {
  std::vector<specs::Requirement> requires_dist;  ///< those of extras with a marker
  std::vector<specs::PackageName> provides_extra;
  std::optional<specs::SpecifierSet> requires_python;
  std::vector<std::string> wheel_tags;
  bool sdist = false;
  bool yanked = false;
};

/// What a scenario accepts as an answer.
struct ScenarioAnswer {
  bool satisfiable = false;
  /// By normal name; nothing where any valid solution will do.
  std::optional<std::map<std::string, specs::Version>> packages;
};

/// A resolver scenario: one JSON file in the form of the conformance data, whose README describes
/// it. Scenarios of our own may have `resolver_options.strategy`, `constraints`, `preferences`,
/// `no_deps`, `staying` (what is installed and stays) and `upload_times` besides.
struct Scenario {
  std::string name;
  resolve::Problem problem;
  specs::TagSet tags{"cp", 3, 0, {}, {}};
  std::map<std::string, std::map<specs::Version, ScenarioVersion>> packages;  ///< by normal name
  std::vector<std::string> no_binary;                                         ///< normal names
  ScenarioAnswer expected;
  std::vector<ScenarioAnswer> alternatives;
  bool contested = false;
  bool any_wheels = true;

  /// Throws what the JSON library and the values of the standards throw.
  static Scenario parse(std::string_view json);
};

/// Why a resolution is no solution of a scenario; empty where it is one. It looks at the scenario
/// alone and shares nothing with the solver.
[[nodiscard]] std::vector<std::string> violations(const Scenario& scenario,
                                                  const resolve::Resolution& resolution);

}  // namespace ensure::tests
