#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "installer/resolve/clauses.h"
#include "installer/resolve/packages.h"
#include "installer/resolve/problem.h"
#include "installer/resolve/project.h"
#include "installer/resolve/projects.h"
#include "installer/resolve/provider.h"

namespace ensure::resolve {

/// Makes clauses of what the metadata of versions say.
///
/// Neighbouring versions with the same requirement share one clause, so that what is learned of one
/// holds for all that were seen.
class Expansion {
 public:
  /// A version whose metadata was read.
  struct Version {
    Choice choice;
    const Metadata* metadata = nullptr;
  };
  /// What came of expanding.
  struct News {
    std::vector<ClauseId> clauses;   ///< about the version that was expanded
    std::vector<PackageId> targets;  ///< the projects it depends on, each once
  };

  Expansion(const Problem& problem, Packages& packages, Projects& projects, Clauses& clauses)
      : problem_(problem), packages_(packages), projects_(projects), clauses_(clauses) {}

  /// The version of a project that was expanded before; null where it was not.
  [[nodiscard]] const Version* find(PackageId project, const specs::Version& version) const;

  /// Adds the clauses of a version, those of the extras that were met so far included.
  News expand(PackageId project, const Choice& choice, const Metadata& metadata);

  /// The package of an extra; if it is new, the clauses of all expanded versions come with it.
  PackageId extra(PackageId project, const specs::PackageName& name);

 private:
  /// Versions from one place to another that have the same requirement.
  struct Run {
    std::size_t first = 0;
    std::size_t last = 0;
    ClauseId clause = 0;
  };
  /// The source (a project or an extra), the target, and what is required of it.
  using RunKey = std::tuple<PackageId, PackageId, std::string>;

  void add_requirements(PackageId source, const Version& version,
                        const std::vector<const specs::Requirement*>& requirements, News& news);
  void add_extra(PackageId extra, const Version& version, News& news);
  std::optional<ClauseId> add_clause(PackageId source, PackageId target, const Allowed& required,
                                     const specs::VersionSet& versions,
                                     const specs::Requirement& requirement);
  /// Like `add_clause`, in one with neighbours that say the same.
  std::optional<ClauseId> merge_clause(PackageId source, PackageId target, const Allowed& required,
                                       const Choice& choice, const specs::Requirement& requirement);

  const Problem& problem_;
  Packages& packages_;
  Projects& projects_;
  Clauses& clauses_;
  std::vector<std::map<specs::Version, Version>> expanded_;  ///< by project
  std::map<RunKey, std::vector<Run>> runs_;
};

}  // namespace ensure::resolve
