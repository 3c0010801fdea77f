#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "installer/specs/requirements/marker_environment.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/requirements/requirement.h"
#include "installer/specs/versions/version.h"

namespace ensure::resolve {

/// Which of the versions allowed is taken.
enum class ResolutionStrategy : std::uint8_t {
  kHighest,
  kLowest,
  kLowestDirect,  ///< the lowest of the projects that the user names, the highest of others
};

/// When pre-releases are taken.
enum class PrereleasePolicy : std::uint8_t {
  /// Where a requirement or constraint of the user names one of the project, like any other
  /// version; else where no final release is left to take (PEP 440, "Handling of pre-releases").
  kIfNecessary,
  kAllow,  ///< like any other version (`--pre`)
  kNever,
};

/// A version that a URL or a path stands for; `Provider::candidates` of its project has to tell of
/// this version alone.
struct DirectReference {
  specs::PackageName name;
  std::string url;  ///< as in `Requirement::url`
  specs::Version version;
};

/// A version that the solver prefers to all others if it is allowed.
struct Preference {
  specs::PackageName name;
  specs::Version version;
  /// Whether it is installed or locked. If so, the solver takes it without asking the provider for
  /// candidates, even if it is yanked or a pre-release. Otherwise it takes the version only if the
  /// provider has it.
  bool is_there = true;
};

/// An installed project that stays in its version, even if no requirement leads to it. Its
/// requirements restrict the versions of other projects, like constraints, and add their extras to
/// projects that are needed anyway.
struct StayingProject {
  specs::PackageName name;
  specs::Version version;
  std::vector<specs::Requirement> requirements;  ///< those that count in the environment
};

/// What is to be solved.
struct Problem {
  std::vector<specs::Requirement> requirements;
  /// They bound the versions of projects that are needed anyway; extras in them do not count.
  std::vector<specs::Requirement> constraints;
  /// For all requirements with a URL, those of dependencies too: a version that depends on another
  /// URL cannot be taken.
  std::vector<DirectReference> direct_references;
  std::vector<Preference> preferences;
  std::vector<StayingProject> staying;  ///< each name once

  specs::MarkerEnvironment environment;
  specs::Version python_version = specs::Version::parse("3");  ///< of the target, such as 3.12.1

  ResolutionStrategy strategy = ResolutionStrategy::kHighest;
  PrereleasePolicy prereleases = PrereleasePolicy::kIfNecessary;
  bool no_deps = false;  ///< take what the requirements name, and nothing that it depends on
  /// How many decisions may be made before `resolve` gives up; 0 for no limit.
  std::uint64_t decision_limit = 0;
};

}  // namespace ensure::resolve
