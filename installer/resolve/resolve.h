#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "installer/resolve/problem.h"
#include "installer/resolve/provider.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/requirements/requirement.h"
#include "installer/specs/versions/version.h"
#include "installer/specs/versions/version_set.h"

namespace ensure::resolve {

/// How much work the solver did.
struct Effort {
  std::uint64_t decisions = 0;
  std::uint64_t conflicts = 0;
  std::uint64_t metadata_visits = 0;  ///< versions whose metadata the solver read, each once
};

/// A requirement that brought a project into a resolution.
struct Origin {
  std::optional<specs::PackageName> parent;  ///< the dependent project; nullopt for the user
  specs::Requirement requirement;
};

/// A project of a resolution.
struct ResolvedProject {
  specs::PackageName name;
  specs::Version version;
  std::vector<specs::PackageName> extras;          ///< required and provided, alphabetically
  std::vector<specs::PackageName> missing_extras;  ///< required, but not provided
  bool requested = false;                          ///< named by a requirement of the user
  bool yanked = false;
  std::vector<Origin> origins;  ///< those of the user first, then by the name of the parent
};

/// A set of versions that satisfies all requirements.
struct Resolution {
  /// Dependencies come before their dependents unless there is a cycle; otherwise alphabetically.
  std::vector<ResolvedProject> projects;
  Effort effort;
};

/// The set of states that a package may have: chosen in one of some versions, or, if `absent` is
/// true, not part of the solution. PubGrub's positive terms are those without `absent`. Closed
/// under all operations, unlike a set of versions.
struct Term {
  specs::VersionSet versions;
  bool absent = false;

  static Term any() { return {specs::VersionSet::full(), true}; }
  static Term present() { return {specs::VersionSet::full(), false}; }

  [[nodiscard]] bool is_any() const { return absent && versions.is_full(); }

  [[nodiscard]] bool is_subset_of(const Term& other) const {
    return (!absent || other.absent) && versions.is_subset_of(other.versions);
  }
  [[nodiscard]] bool is_disjoint_from(const Term& other) const {
    return !(absent && other.absent) && versions.is_disjoint_from(other.versions);
  }
  [[nodiscard]] Term complement() const { return {versions.complement(), !absent}; }
  [[nodiscard]] Term intersection(const Term& other) const {
    return {versions.intersection(other.versions), absent && other.absent};
  }
  [[nodiscard]] Term union_with(const Term& other) const {
    return {versions.union_with(other.versions), absent || other.absent};
  }
};

/// A term of a proof: a project, or an extra of it.
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
    kStays,         ///< the source is installed and keeps its version
    kStaysNeeding,  ///< the source is installed, keeps its version and has the requirement
    kDependency,    ///< a dependency in the metadata of the source
    kNoVersion,     ///< no version of the term's project is available
    kAbsent,        ///< the term's project does not exist
    kUnavailable,   ///< the metadata of the version make it unavailable
    kDerived,       ///< this follows from two earlier steps
  };
  Reason reason = Reason::kDerived;
  std::vector<ProofTerm> terms;
  std::optional<ProofTerm> source;                ///< the dependent project, or the one that stays
  std::optional<specs::Requirement> requirement;  ///< of the user, or of the source
  std::optional<specs::Version> staying;          ///< the version that a staying source keeps
  std::optional<Unavailable> unavailable;
  std::size_t left = 0;  ///< indexes of the two steps that a derived step follows from
  std::size_t right = 0;
};

/// A version that the provider named, and why the solver could not choose it.
struct KnownVersion {
  specs::Version version;
  std::optional<Unavailable> unavailable;
};

/// The answer of the provider for one project, for explanations.
struct KnownProject {
  std::vector<KnownVersion> versions;  ///< newest first
  std::optional<std::string> absent;
  std::optional<std::string> hint;
};

/// The proof that there is no solution.
struct NoSolution {
  std::vector<ProofStep> steps;                  ///< the last one has no terms: nothing can hold
  std::map<std::string, KnownProject> projects;  ///< those of the proof, by normalized name
  Effort effort;
};

using SolveResult = std::variant<Resolution, NoSolution>;

/// Chooses a version of every project that the requirements need, with the PubGrub algorithm. The
/// result depends on the answers of the provider alone, not on their timing. Every chosen version
/// is the best one for the problem's strategy, given the decisions before it.
///
/// Throws `base::Error` with the exit code for no solution if the decision limit is reached, and
/// passes on the exceptions of the provider.
[[nodiscard]] SolveResult resolve(const Problem& problem, Provider& provider);

}  // namespace ensure::resolve
