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
#include "installer/resolve/solver/project.h"
#include "installer/resolve/solver/projects.h"
#include "installer/specs/requirements/dependencies.h"

namespace ensure::resolve {

/// Makes incompatibilities of what the metadata of versions say.
///
/// Neighbouring versions with the same requirement share one incompatibility, so that what is
/// learned of one holds for all that were seen. Each requirement of a version is looked at once,
/// however many extras there are.
class Expansion {
 public:
  /// A version whose metadata was read.
  struct Version {
    Choice choice;
    const Metadata* metadata = nullptr;
    specs::Dependencies dependencies;
  };
  /// What came of expanding.
  struct News {
    std::vector<IncompatibilityId> incompatibilities;  ///< about the version that was expanded
    std::vector<PackageId> targets;                    ///< the projects it depends on, each once
  };

  Expansion(const Problem& problem, Packages& packages, Projects& projects,
            Incompatibilities& incompatibilities)
      : problem_(problem),
        packages_(packages),
        projects_(projects),
        incompatibilities_(incompatibilities) {}

  /// The version of a project that was expanded before; null where it was not.
  [[nodiscard]] const Version* find(PackageId project, const specs::Version& version) const;

  /// Adds the incompatibilities of a version, those of the extras that were met so far included.
  News expand(PackageId project, const Choice& choice, const Metadata& metadata,
              specs::Dependencies&& dependencies);

  /// The package of an extra; if it is new, the incompatibilities of all expanded versions come
  /// with it.
  PackageId extra(PackageId project, const specs::PackageName& name);

 private:
  /// Versions from one place to another that have the same requirement.
  struct Run {
    std::size_t last = 0;
    IncompatibilityId incompatibility = 0;
  };
  /// The source (a project or an extra), the target, and what is required of it.
  using RunKey = std::tuple<PackageId, PackageId, std::uint32_t>;
  /// The versions of a project that were expanded.
  struct Expanded {
    std::map<specs::Version, Version> versions;
    std::unordered_map<std::string, std::vector<const Version*>> by_extra;
    std::vector<const Version*> with_open;  ///< see `specs::Dependencies::has_open`
  };
  /// Requirements that are not incompatibilities yet: of a version alone, or of an extra of it.
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

  Expanded& expanded(PackageId project);
  /// A number that identifies the versions that a requirement allows.
  std::uint32_t bound_of(const specs::Requirement& requirement);
  /// The package of an extra. If it is new, the versions of its project that name it are queued.
  PackageId meet(PackageId project, const specs::PackageName& name);
  void add_waiting(Gathering& gathering);
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
  Projects& projects_;
  Incompatibilities& incompatibilities_;
  std::deque<Expanded> expanded_;                      ///< by project; addresses stay
  std::map<RunKey, std::map<std::size_t, Run>> runs_;  ///< by the places where they begin
  std::unordered_map<std::string, std::uint32_t> bounds_;
  std::unordered_map<const specs::Requirement*, std::uint32_t> bounds_of_;  ///< as far as known
  std::deque<Waiting> waiting_;  ///< instead of recursion: chains of extras may be long
};

}  // namespace ensure::resolve
