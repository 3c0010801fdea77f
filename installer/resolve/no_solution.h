#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "installer/resolve/provider.h"
#include "installer/resolve/resolution.h"
#include "installer/resolve/solver/term.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/requirements/requirement.h"
#include "installer/specs/versions/version.h"

namespace ensure::resolve {

/// A project, or an extra of one, in a step of a proof.
struct ProofTerm {
  specs::PackageName name;
  std::optional<specs::PackageName> extra;
  Term term;
};

/// One step of a proof: its terms cannot all hold.
struct ProofStep {
  enum class Reason : std::uint8_t {
    kRequirement,   ///< a requirement of the user
    kConstraint,    ///< a constraint of the user
    kStays,         ///< the source is installed, and stays in its version
    kStaysNeeding,  ///< the source is installed, stays, and has the requirement
    kDependency,    ///< a dependency in the metadata of versions of the first term's project
    kNoVersion,     ///< no version of the term's project is usable
    kAbsent,        ///< the term's project does not exist
    kUnavailable,   ///< the metadata of the version make it unusable
    kDerived,       ///< it follows from two steps
  };
  Reason reason = Reason::kDerived;
  std::vector<ProofTerm> terms;
  std::optional<ProofTerm> source;                ///< the project that depends or stays
  std::optional<specs::Requirement> requirement;  ///< of the user, or of the source
  std::optional<specs::Version> staying;          ///< the version of a source that stays
  std::optional<Unavailable> unavailable;
  std::size_t left = 0;  ///< the places of the steps it follows from; both are before its own
  std::size_t right = 0;
};

/// A version that the provider named, and why it was never taken.
struct KnownVersion {
  specs::Version version;
  std::optional<Unavailable> unavailable;
};

/// A project that the provider was asked for, as far as an explanation needs it.
struct KnownProject {
  std::vector<KnownVersion> versions;  ///< newest first
  std::optional<std::string> absent;
  std::optional<std::string> hint;
};

/// Why there is no solution, as a value.
struct NoSolution {
  /// The last step has no terms: nothing at all can hold.
  std::vector<ProofStep> steps;
  /// By name in its normal form; those that the proof is about.
  std::map<std::string, KnownProject> projects;
  Effort effort;
};

}  // namespace ensure::resolve
