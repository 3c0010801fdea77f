#pragma once

#include <cstddef>
#include <vector>

#include "installer/resolve/provider.h"
#include "installer/resolve/solver/packages.h"
#include "installer/resolve/solver/partial_solution.h"
#include "installer/resolve/solver/projects.h"

namespace ensure::resolve {

/// Tells the provider early what the solver will ask for, as round trips take most of the time.
class Prefetcher {
 public:
  explicit Prefetcher(Provider& provider) : provider_(provider) {}

  /// Projects that are needed from now on.
  void projects(const std::vector<PackageId>& needed, const Packages& packages, Projects& projects,
                const PartialSolution& solution);
  /// A version is tried: the more of a project were tried, the more of those after it are told.
  void after(const specs::PackageName& name, PackageId project, const Project& versions,
             const Choice& choice, const specs::VersionSet& allowed);

 private:
  struct Attempts {
    bool told = false;
    std::size_t count = 0;
    std::size_t ahead = 0;            ///< so many of the versions that were told are not tried yet
    std::vector<bool> told_versions;  ///< by place
  };

  Attempts& attempts(PackageId project);

  Provider& provider_;
  std::vector<Attempts> attempts_;  ///< by project
};

}  // namespace ensure::resolve
