#pragma once

#include <string>
#include <vector>

#include "bootstrap/packages/direct_files.h"
#include "bootstrap/packages/installed_packages.h"
#include "bootstrap/packages/requested_packages.h"
#include "bootstrap/request.h"
#include "bootstrap/result.h"
#include "installer/index/candidates/index_provider.h"
#include "installer/index/settings.h"
#include "installer/install/installed/change_plan.h"
#include "installer/resolve/problem.h"
#include "installer/resolve/resolve.h"

namespace ensure::bootstrap {

/// The packages chosen for one target, and the changes that they need.
struct PackagePlan {
  std::vector<index::ChosenFile> chosen;     ///< the files to install
  std::vector<install::WantedWheel> wanted;  ///< all projects of the solution
  install::ChangePlan changes;
  std::vector<ConflictReport> conflicts;  ///< those that `--allow-conflicts` lets through
  bool has_pip = false;  ///< the solution has a pip, so the bundled one is not installed
  std::vector<std::string> warnings;

  [[nodiscard]] std::vector<PackageReport> to_be_installed() const;
};

/// Chooses versions and files for targets, by the solver or from a lock, and compares them with the
/// installed packages.
class PackagePlanner {
 public:
  /// The request, its interpreter and its indexes. All must outlive the planner.
  struct Question {
    const Request& request;
    const PackageRequest& packages;  ///< of the request, with the options of requirements files
    const RequestedPackages& wanted;
    const specs::TargetPython& target;
    const index::IndexSettings& settings;
    DirectFiles& direct;
  };

  PackagePlanner(const Question& question, index::IndexProvider& provider)
      : question_(question), provider_(provider) {}

  /// Chooses versions for the request and for `carried`, the requirements of packages that come
  /// along to another Python. Throws `Error` (`kNoSolution`) with an explanation, and network
  /// errors.
  [[nodiscard]] PackagePlan plan(const InstalledPackages& installed,
                                 const std::vector<specs::Requirement>& carried);

 private:
  [[nodiscard]] PackagePlan plan_of_locks(const InstalledPackages& installed) const;
  [[nodiscard]] resolve::Problem problem_for(const InstalledPackages& installed,
                                             const std::vector<specs::Requirement>& carried) const;
  /// A resolution, and the conflicts with installed packages that `--allow-conflicts` lets through.
  struct Solution {
    resolve::Resolution resolution;
    BrokenRequirements::Found broken;
  };
  [[nodiscard]] Solution solve_keeping_installed(resolve::Problem& problem,
                                                 const InstalledPackages& installed);
  [[nodiscard]] resolve::Resolution solve(const resolve::Problem& problem);
  [[noreturn]] void refuse(const resolve::NoSolution& failure, const resolve::Problem& problem);
  void refuse_broken(const BrokenRequirements::Found& broken, const std::string& message) const;
  [[nodiscard]] PackagePlan plan_for(const resolve::Resolution& resolution,
                                     const InstalledPackages& installed);
  void compare(PackagePlan& plan, const install::InstalledProjects& installed) const;
  [[nodiscard]] bool fits(const install::Distribution& distribution) const;
  [[nodiscard]] bool has_changed(const resolve::ResolvedProject& project,
                                 const install::InstalledProjects& projects) const;
  [[nodiscard]] bool is_there(const resolve::ResolvedProject& project,
                              const install::InstalledProjects& projects) const;

  Question question_;
  index::IndexProvider& provider_;
};

/// The files that locks name for a target (PEP 751, "Installation"); a file in several locks counts
/// once. The lock must have a strong digest of each wheel and archive. `direct` fetches what is not
/// a file of an index. Throws `Error`: `kNoSolution` if a lock is not for this target, if two locks
/// have different files of a project, and for a source distribution that `request` does not allow
/// to build; `kUsage` for a file without a digest that can be checked; and what `DirectFiles::add`
/// throws.
[[nodiscard]] std::vector<index::ChosenFile> locked_files(const std::vector<RequestedLock>& locks,
                                                          const specs::TargetPython& target,
                                                          const PackageRequest& request,
                                                          DirectFiles& direct);

}  // namespace ensure::bootstrap
