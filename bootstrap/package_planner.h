#pragma once

#include "bootstrap/direct_files.h"
#include "bootstrap/package_plan.h"
#include "bootstrap/present_packages.h"
#include "bootstrap/request.h"
#include "bootstrap/wanted_packages.h"
#include "installer/index/index_provider.h"
#include "installer/index/settings.h"
#include "installer/resolve/problem.h"
#include "installer/resolve/resolution.h"

namespace ensure::bootstrap {

/// Chooses versions and files for targets, by the solver or as a lock says, and compares them with
/// what is there.
class PackagePlanner {
 public:
  /// What is asked for, of which interpreter and which indexes. All must outlive the planner.
  struct Question {
    const Request& request;
    const PackageRequest& packages;  ///< that of the request, with what requirements files say
    const WantedPackages& wanted;
    const index::IndexTarget& target;
    const index::IndexSettings& settings;
    const DirectFiles& direct;
  };

  PackagePlanner(const Question& question, index::IndexProvider& provider)
      : question_(question), provider_(provider) {}

  /// Throws `Error` (`kNoSolution`) with an explanation, and those of the network.
  [[nodiscard]] PackagePlan plan(const PresentPackages& present);

 private:
  [[nodiscard]] PackagePlan plan_of_locks(const install::InstalledProjects& installed) const;
  [[nodiscard]] resolve::Problem problem_for(const PresentPackages& present) const;
  [[nodiscard]] resolve::Resolution solve(const resolve::Problem& problem);
  [[nodiscard]] PackagePlan plan_for(const resolve::Resolution& resolution,
                                     const PresentPackages& present);
  void compare(PackagePlan& plan, const install::InstalledProjects& installed) const;
  [[nodiscard]] bool has_changed(const resolve::ResolvedProject& project,
                                 const install::InstalledProjects& projects) const;
  [[nodiscard]] bool is_there(const resolve::ResolvedProject& project,
                              const install::InstalledProjects& projects) const;

  Question question_;
  index::IndexProvider& provider_;
};

}  // namespace ensure::bootstrap
