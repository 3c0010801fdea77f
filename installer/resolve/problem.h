#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "installer/specs/requirements/marker.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/requirements/requirement.h"
#include "installer/specs/versions/version.h"

namespace ensure::resolve {

/// Which of the allowed versions the solver prefers (`--resolution`).
enum class ResolutionStrategy : std::uint8_t {
  kHighest,
  kLowest,
  kLowestDirect,  ///< the lowest of projects that the user names, the highest of others
};

/// When the solver chooses pre-releases.
enum class PrereleasePolicy : std::uint8_t {
  /// Like final releases if a requirement or constraint of the user names one of the project,
  /// otherwise only if no final release is left (PEP 440, "Handling of pre-releases").
  kIfNecessary,
  kAllow,  ///< like final releases (`--pre`)
  kNever,
};

/// The version at a URL or path. It has to be the only candidate of its project.
struct DirectReference {
  specs::PackageName name;
  std::string url;  ///< as in `Requirement::url`
  specs::Version version;
};

/// A version that the solver prefers to all others if it is allowed.
struct Preference {
  specs::PackageName name;
  specs::Version version;
  /// Whether it is installed or locked. If so, the solver chooses it without asking the provider
  /// for candidates, even if it is yanked or a pre-release. Otherwise it chooses the version only
  /// if the provider has it.
  bool is_there = true;
};

/// An installed project that keeps its version, even if no requirement leads to it. Its
/// requirements restrict the versions of other projects, like constraints, and add their extras to
/// projects that are needed anyway.
struct StayingProject {
  specs::PackageName name;
  specs::Version version;
  std::vector<specs::Requirement> requirements;  ///< whose markers hold in the environment
};

/// The input of the solver.
struct Problem {
  std::vector<specs::Requirement> requirements;
  /// They bound the versions of projects that are needed anyway; their extras are ignored.
  std::vector<specs::Requirement> constraints;
  /// For all requirements with a URL, also those of dependencies: the solver rejects a version that
  /// depends on another URL.
  std::vector<DirectReference> direct_references;
  std::vector<Preference> preferences;
  std::vector<StayingProject> staying;  ///< each name once

  specs::MarkerEnvironment environment;
  specs::Version python_version = specs::Version::parse("3");  ///< of the target, such as 3.12.1

  ResolutionStrategy strategy = ResolutionStrategy::kHighest;
  PrereleasePolicy prereleases = PrereleasePolicy::kIfNecessary;
  bool no_deps = false;  ///< ignore dependencies
  /// The number of decisions after which `resolve` gives up; 0 for no limit.
  std::uint64_t decision_limit = 0;
};

}  // namespace ensure::resolve
