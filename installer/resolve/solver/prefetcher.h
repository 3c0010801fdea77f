#pragma once

#include <cstddef>
#include <vector>

#include "installer/resolve/provider.h"
#include "installer/resolve/solver/packages.h"
#include "installer/resolve/solver/partial_solution.h"

namespace ensure::resolve {

/// Tells the provider early what the solver will ask for, because round trips take most of the
/// time.
class Prefetcher {
 public:
  explicit Prefetcher(Provider& provider) : provider_(provider) {}

  /// Announces projects that the solution needs.
  void announce_projects(const std::vector<PackageId>& needed, const Packages& packages,
                         const PartialSolution& solution);
  /// Announces the versions after the one that is tried now: the more versions of a project the
  /// solver has tried, the larger the batch.
  void announce_versions(const Package& package, const Project& project, const Choice& choice,
                         const specs::VersionSet& allowed);

 private:
  struct Attempts {
    bool is_announced = false;
    std::size_t count = 0;
    std::size_t ahead = 0;                 ///< announced versions that were not tried yet
    std::vector<bool> announced_versions;  ///< by place
  };

  Attempts& attempts(PackageId project);

  Provider& provider_;
  std::vector<Attempts> attempts_;  ///< by project
};

}  // namespace ensure::resolve
