#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "installer/resolve/problem.h"
#include "installer/resolve/provider.h"
#include "installer/resolve/solver/incompatibilities.h"
#include "installer/resolve/solver/packages.h"
#include "installer/specs/requirements/dependencies.h"

namespace ensure::resolve {

/// Turns the dependencies of versions into incompatibilities.
///
/// Neighbouring versions with the same requirement share one incompatibility, so that a conflict of
/// one of them excludes all of them. Each requirement of a version is read once, however many
/// extras there are.
class Expansion {
 public:
  /// A version whose metadata was read.
  struct Version {
    Choice choice;
    const Metadata* metadata = nullptr;
    specs::Dependencies dependencies;
  };
  /// The result of expanding a version.
  struct News {
    std::vector<IncompatibilityId> incompatibilities;  ///< about the version
    std::vector<PackageId> targets;                    ///< the projects it depends on, each once
  };

  Expansion(const Problem& problem, Packages& packages, Incompatibilities& incompatibilities)
      : problem_(problem), packages_(packages), incompatibilities_(incompatibilities) {}

  /// An expanded version of a project; null if it was not expanded yet.
  [[nodiscard]] const Version* find(PackageId project, const specs::Version& version) const;

  /// Adds the incompatibilities of a version and of those extras of it that are known so far.
  News expand(PackageId project, const Choice& choice, const Metadata& metadata,
              specs::Dependencies&& dependencies);

  /// The package of an extra. If it is new, the expanded versions that name it are queued for the
  /// next `expand`.
  PackageId id_of_extra(PackageId project, const specs::PackageName& name);

 private:
  /// The end of a run of neighbouring versions with the same requirement.
  struct Run {
    std::size_t last = 0;
    IncompatibilityId incompatibility = 0;
  };
  /// The source (a project or an extra), the target, and the number of the required versions.
  using RunKey = std::tuple<PackageId, PackageId, std::uint32_t>;
  /// The expanded versions of a project.
  struct Expanded {
    std::map<specs::Version, Version> versions;
    std::unordered_map<std::string, std::vector<const Version*>> by_extra;
    std::vector<const Version*> with_open;  ///< see `specs::Dependencies::has_open`
  };
  /// Requirements to add: those of a version itself, or of one of its extras.
  struct Waiting {
    PackageId source = 0;
    const Version* version = nullptr;
  };
  /// The results for the version that is being expanded.
  struct Gathering {
    const Version* version = nullptr;
    News news;
    std::unordered_set<PackageId> targets;
  };

  /// A number for the versions that a requirement allows.
  std::uint32_t bound_of(const specs::Requirement& requirement);
  void add_requirements(const Waiting& waiting, Gathering& gathering);
  std::optional<IncompatibilityId> add_incompatibility(PackageId source, PackageId target,
                                                       const Term& required,
                                                       const specs::VersionSet& versions,
                                                       const specs::Requirement& requirement);
  /// Like `add_incompatibility`, but merges the incompatibility with equal ones of neighbouring
  /// versions. Returns nullopt if such an incompatibility exists already.
  std::optional<IncompatibilityId> merge_incompatibility(PackageId source, PackageId target,
                                                         const Term& required, const Choice& choice,
                                                         const specs::Requirement& requirement);

  const Problem& problem_;
  Packages& packages_;
  Incompatibilities& incompatibilities_;
  std::unordered_map<PackageId, Expanded> expanded_;   ///< by project
  std::map<RunKey, std::map<std::size_t, Run>> runs_;  ///< by the place of the first version
  std::unordered_map<std::string, std::uint32_t> bounds_;
  std::unordered_map<const specs::Requirement*, std::uint32_t> bounds_of_;
  std::deque<Waiting> waiting_;  ///< a queue, as chains of extras may be too long for recursion
};

}  // namespace ensure::resolve
