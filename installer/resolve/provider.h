#pragma once

#include <cstddef>
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

/// Why a version cannot be chosen. It decides on the hint of an explanation.
enum class UnavailableReason : std::uint8_t {
  kNoMatchingWheel,  ///< it has wheels, but none for this interpreter and platform
  kSourceOnly,       ///< it has source distributions only, which are not built
  kNoSource,         ///< `--no-binary` excludes its wheels, and it has no source distribution
  kNoFiles,          ///< it has no files that could be installed
  kRequiresPython,   ///< its Requires-Python excludes the target's Python
  kTooNew,           ///< it was uploaded after `--exclude-newer`
  kUnknownDate,      ///< `--exclude-newer` is set, and it has no upload time
  kOtherHash,        ///< none of its files has a digest that the requirements demand
  kYanked,           ///< it was yanked (PEP 592), and the user's requirements do not pin it
  kPrerelease,       ///< it is a pre-release, and the problem excludes those
  kMetadata,         ///< its metadata are missing or invalid
  kDirectReference,  ///< it depends on a URL that the user's requirements do not name
  kOther,
};

/// Why one version cannot be chosen, in words.
struct Unavailable {
  UnavailableReason reason = UnavailableReason::kOther;
  /// Continues "`demo` 1.0": "has no wheel for this platform", "needs Python >=3.13".
  std::string text;
  /// Continues "`demo` 1.0" as well; empty if the hint follows from the reason.
  std::string hint = {};  // NOLINT(readability-redundant-member-init): it may be left out
};

/// A version that an index lists.
struct Candidate {
  specs::Version version;
  bool yanked = false;
  std::optional<Unavailable> unavailable;
  /// Versions of a lower rank are preferred to those of a higher one, however new.
  std::size_t rank = 0;
};

/// The versions of a project.
struct Candidates {
  /// Newest first, each once; with the unavailable ones, for explanations.
  std::vector<Candidate> versions;
  /// Set if the project does not exist. Continues "`demo`": "is not in the index", "is not in the
  /// cache".
  std::optional<std::string> absent;
  std::optional<std::string> hint;  ///< about an absent project
};

/// The core metadata of a version, as far as the solver needs them.
struct Metadata {
  std::vector<specs::Requirement> requires_dist;
  std::optional<specs::SpecifierSet> requires_python;
  std::vector<specs::PackageName> provides_extra;
};

using MetadataAnswer = std::variant<Metadata, Unavailable>;

/// A project, or a version of it, that the solver will likely ask for.
struct PrefetchHint {
  const specs::PackageName& name;
  /// Null for the candidates of the project and the metadata of its likely version.
  const specs::Version* version = nullptr;
  /// If `version` is null: the versions that are allowed so far.
  const specs::VersionSet* allowed = nullptr;
};

/// Answers the questions of the solver about projects and versions.
///
/// All answers have to stay the same, and references to them valid, as long as the solver runs.
/// The solver calls from one thread; `candidates` and `metadata` may block, and may throw
/// `base::Error` to end the job, such as for a failing index.
class Provider {
 public:
  virtual ~Provider() = default;

  /// All versions of a project.
  virtual const Candidates& candidates(const specs::PackageName& name) = 0;

  /// The metadata of a candidate, or of the version that the problem prefers.
  virtual const MetadataAnswer& metadata(const specs::PackageName& name,
                                         const specs::Version& version) = 0;

  /// Announces questions as early as possible, most urgent first: the dependencies of a version
  /// when it is chosen, and while backtracking the versions that come next. The references are
  /// valid during the call only. A hint may be repeated.
  virtual void prefetch(std::span<const PrefetchHint> /*hints*/) {}

  Provider() = default;
  Provider(const Provider&) = delete;
  Provider& operator=(const Provider&) = delete;
};

}  // namespace ensure::resolve
