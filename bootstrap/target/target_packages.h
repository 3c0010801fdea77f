#pragma once

#include <optional>
#include <vector>

#include "bootstrap/packages/installed_packages.h"
#include "bootstrap/packages/package_planner.h"
#include "bootstrap/result.h"
#include "bootstrap/target/pipeline.h"
#include "installer/base/path.h"
#include "installer/install/installed/distribution.h"
#include "installer/install/installed/path_owners.h"
#include "installer/install/installed/unowned_files.h"
#include "installer/install/transaction/transaction.h"
#include "installer/install/wheel/destination.h"
#include "installer/specs/metadata/layout.h"

namespace ensure::bootstrap {

/// The places of a target that packages are removed from and staged in.
struct PackageStage {
  install::Transaction* transaction;  ///< removes packages; null for a target without any
  const specs::Layout& layout;
  const install::WheelDestination& destination;
  install::TargetPaths reserved;  ///< paths of the target itself, which no wheel may have
  install::PipCommands pip_commands = install::PipCommands::kAll;
  std::vector<base::Path> pip_directories;  ///< only these may hold files of the old pip
  std::vector<base::Path> directories;      ///< likewise of other packages
  std::vector<base::Path> own_files;        ///< files of the target, which are not removed
  base::Path library;                       ///< the staged site-packages directory
  base::Path staged;                        ///< modules below it are compiled for `final_path`
  base::TargetPath final_path;
};

/// Adds installed packages to a list of a report.
void add_reports(std::vector<PackageReport>& reports,
                 const std::vector<install::Distribution>& distributions);

/// The pip and the packages of one target: what is installed, what the plan changes, what was
/// staged.
class TargetPackages {
 public:
  /// Reads the pip in `library`. `commands_exist`: the target has the commands of pip that the
  /// request wants. `seed` is the pip to install if that one is missing, damaged or too old.
  void examine_pip(const base::Path& library, bool commands_exist, const Request& request,
                   const Seed* seed);

  /// If the target has no pip, it gets none.
  void stay_without_pip();

  /// Chooses the packages. Sets the pip of `installed`.
  void plan(InstalledPackages installed, PackageSession& session);

  /// Removes and stages what `plan` has decided.
  void stage(const PackageStage& stage, const TargetContent& content, const Request& request);

  /// Throws `Error` (`kFileSystem`) if a staged file would replace one that is not of an installed
  /// package, of a broken pip, or in `own_files`. The packages are in `libraries` (directories such
  /// as site-packages), their commands in `scripts`. Packages of another Python beside the first
  /// library count too: they may own commands in `scripts`.
  void refuse_unowned_files(const std::vector<install::StagedTree>& trees,
                            const std::vector<base::Path>& libraries, const base::Path& scripts,
                            std::vector<base::Path> own_files) const;

  /// The old pip disappears together with the library of another Python.
  void forget_damaged_pip();

  [[nodiscard]] bool needs_pip() const { return !has_pip_ && !(plan_ && plan_->has_pip); }
  [[nodiscard]] bool are_as_requested() const {
    return !needs_pip() && (!plan_ || plan_->changes.empty());
  }
  [[nodiscard]] const PackagePlan* package_plan() const { return plan_ ? &*plan_ : nullptr; }

  /// Whether the plan replaces or removes an installed distribution.
  [[nodiscard]] bool replaces(const install::Distribution& distribution) const;

  /// Adds the packages to the report of the target.
  void add_to(TargetReport& report) const;

 private:
  std::vector<install::Distribution> pips_;  ///< several after an interrupted installation
  bool is_sound_ = false;
  bool has_pip_ = false;        ///< the installed pip stays
  const Seed* seed_ = nullptr;  ///< the pip to install if one is needed
  std::optional<PackagePlan> plan_;
  std::optional<std::vector<PackageReport>> staged_;  ///< the packages that `stage` has written
};

}  // namespace ensure::bootstrap
