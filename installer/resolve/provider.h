#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "installer/specs/requirements/package_name.h"
#include "installer/specs/requirements/requirement.h"
#include "installer/specs/versions/specifiers.h"
#include "installer/specs/versions/version.h"
#include "installer/specs/versions/version_set.h"

namespace ensure::resolve {

/// Why a version that is there cannot be taken. It decides on the hint of an explanation.
enum class UnavailableReason : std::uint8_t {
  kNoMatchingWheel,  ///< it has wheels, but none for this interpreter and platform
  kSourceOnly,       ///< it has source distributions alone, and those are not built
  kNoSource,         ///< `--no-binary` leaves out its wheels, and there is no source distribution
  kNoFiles,          ///< nothing that could be installed
  kRequiresPython,   ///< its Requires-Python leaves out the target's Python
  kTooNew,           ///< uploaded after `--exclude-newer`
  kUnknownDate,      ///< `--exclude-newer` is set, and nobody says when it was uploaded
  kYanked,           ///< PEP 592, and the user's requirements do not pin it
  kPrerelease,       ///< and the problem says never to take one
  kMetadata,         ///< its metadata cannot be had or read
  kDirectReference,  ///< it depends on a URL that the user's requirements do not name
  kOther,
};

/// Why one version cannot be taken.
struct Unavailable {
  UnavailableReason reason = UnavailableReason::kOther;
  /// Goes on where "`demo` 1.0" ends: "has no wheel for this platform", "needs Python >=3.13".
  std::string text;
  /// Goes on there as well; empty where the reason tells what helps.
  std::string hint = {};  // NOLINT(readability-redundant-member-init): it may be left out
};

/// A version that an index knows.
struct Candidate {
  specs::Version version;
  bool yanked = false;
  std::optional<Unavailable> unavailable;
};

/// What is known of a project.
struct Candidates {
  /// Newest first, each once; those that cannot be taken are named as well, for explanations.
  std::vector<Candidate> versions;
  /// Set where the project does not exist: goes on where "`demo`" ends, such as "is not in the
  /// index" or "cannot be asked for offline".
  std::optional<std::string> absent;
  /// What to do about an absent project, such as a name that is spelled much the same.
  std::optional<std::string> hint;
};

/// What a version says of itself (core metadata), as far as resolving goes.
struct Metadata {
  std::vector<specs::Requirement> requires_dist;
  std::optional<specs::SpecifierSet> requires_python;
  std::vector<specs::PackageName> provides_extra;
};

using MetadataAnswer = std::variant<Metadata, Unavailable>;

/// A project, or one version of it, that the solver is about to ask for.
struct PrefetchHint {
  const specs::PackageName& name;
  /// Null: its candidates are meant, and the metadata of the version likely to be chosen.
  const specs::Version* version = nullptr;
  /// Where `version` is null: what is allowed as far as is known, to guess the likely version by.
  const specs::VersionSet* allowed = nullptr;
};

/// Where the solver learns about projects. It speaks of projects and versions alone.
///
/// All answers have to stay the same, and references to them valid, as long as the solver runs.
/// The solver calls from one thread; `candidates` and `metadata` may block, and may throw
/// `base::Error` where the job has to end, such as for a failing index.
class Provider {
 public:
  virtual ~Provider() = default;

  /// All versions of a project.
  virtual const Candidates& candidates(const specs::PackageName& name) = 0;

  /// What a version among the candidates, or the installed one of the problem, says of itself.
  virtual const MetadataAnswer& metadata(const specs::PackageName& name,
                                         const specs::Version& version) = 0;

  /// A hint, given as early as possible, most urgent first: all dependencies of a version together
  /// when it is chosen, and while backtracking the versions that will be tried next. The references
  /// are valid during the call only; the same need may be told several times.
  virtual void prefetch(std::span<const PrefetchHint> /*needs*/) {}

  Provider() = default;
  Provider(const Provider&) = delete;
  Provider& operator=(const Provider&) = delete;
};

}  // namespace ensure::resolve
