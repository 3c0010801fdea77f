#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "bootstrap/packages/package_session.h"
#include "bootstrap/request.h"
#include "bootstrap/result.h"
#include "bootstrap/target/carried_packages.h"
#include "bootstrap/target/seed.h"
#include "installer/base/path.h"
#include "installer/base/progress.h"
#include "installer/install/installed/distribution.h"
#include "installer/install/transaction/space.h"
#include "installer/install/transaction/transaction.h"
#include "venv/environment/environment.h"
#include "venv/environment/environment_reader.h"
#include "venv/interpreter/interpreter.h"

namespace ensure::bootstrap {

/// One environment on its way to be as asked: examined, compared, locked, staged, applied,
/// committed.
class EnvironmentJob {
 public:
  /// `path` is the environment as it was named; `request` must outlive the job.
  EnvironmentJob(const base::Path& path, const Request& request);

  /// Looks at what is there; writes only to restore what a killed run has left. Throws `Error`
  /// (`kFileSystem`) where that is nothing that may be changed.
  void examine();

  /// The environment that is there and stays; none where nothing is, or where it is replaced.
  [[nodiscard]] const std::optional<venv::ExistingEnvironment>& existing() const {
    return existing_;
  }

  /// The existing environment, whether it is kept or replaced; nullopt if the target has none.
  [[nodiscard]] const std::optional<venv::ExistingEnvironment>& previous() const {
    return replaced_ ? replaced_ : existing_;
  }

  /// Compares what is there with what is asked for. Throws `Error` (`kFileSystem`) where it is for
  /// another Python, and no `--upgrade` is asked for.
  void compare(const venv::Interpreter& interpreter);

  /// Whether the environment has requested packages that must come along to another Python.
  [[nodiscard]] bool carries_packages() const { return !carried_.empty(); }

  /// Chooses the packages that it is to have. `seed` is null where no pip is wanted.
  void plan(PackageSession& packages, const venv::Interpreter& interpreter, const Seed* seed);

  /// Whether nothing has to be done. With `--upgrade` that depends on the pip at hand.
  [[nodiscard]] bool is_as_asked(const Seed* seed) const;

  /// Adds what the seed needs that will be written.
  void add_needed_space(const Seed* seed, install::NeededSpace& needed) const;

  /// Takes the lock of the target. What was known of the target before may be wrong then.
  void lock();

  /// Builds beside the target what is missing. `seed` is null where no pip is wanted, and
  /// `packages` where no packages are.
  void stage(const venv::Interpreter& interpreter, const Seed* seed, PackageSession* packages,
             base::Progress& progress);

  /// Tells what would change (`--dry-run`).
  void report_plan(const venv::Interpreter& interpreter, const Seed* seed);

  /// Moves what has been staged into place; what is not committed afterwards is moved back.
  void apply();

  /// Makes it final, and removes what has been replaced.
  void commit();

  [[nodiscard]] const std::optional<PackagePlan>& package_plan() const { return plan_; }
  [[nodiscard]] const base::Path& location() const { return location_; }
  [[nodiscard]] const TargetReport& report() const { return report_; }

 private:
  [[nodiscard]] bool has_pip_as_asked(const Seed* seed) const;
  [[nodiscard]] specs::Layout layout_for(const venv::Interpreter& interpreter) const;

  /// What is put into the target besides its own parts.
  struct Content {
    const Seed* seed;
    PackageSession* packages;
  };

  [[nodiscard]] const Seed* wanted_seed(const Seed* seed) const;
  [[nodiscard]] bool has_packages_as_asked() const { return !plan_ || plan_->changes.empty(); }
  void stage_whole(const venv::Interpreter& interpreter, const Content& content,
                   base::Progress& progress);
  void stage_changes(const venv::Interpreter& interpreter, const Content& content,
                     base::Progress& progress);
  void change(install::Transaction& transaction, const venv::Interpreter& interpreter,
              const Content& content, base::Progress& progress);
  /// Throws if files staged in `folder` would replace files that no package owns.
  void refuse_unowned_files(const base::Directory& folder) const;
  void stage_parts(const base::Directory& folder) const;
  void stage_pip(const base::Directory& folder, const venv::Interpreter& interpreter,
                 const Seed& seed, base::Progress& progress);
  void stage_packages(const base::Directory& folder, const venv::Interpreter& interpreter,
                      PackageSession& packages);
  void remove_old_packages(install::Transaction& transaction, const venv::Interpreter& interpreter);
  void remove_content();
  void remove_old_pip(install::Transaction& transaction, const venv::Interpreter& interpreter);
  [[nodiscard]] std::vector<base::Path> own_files(const venv::Interpreter& interpreter) const;

  const Request& request_;
  base::Path final_path_;  ///< absolute, as the texts in the environment name it
  base::Path location_;    ///< the same with links resolved

  install::Transaction::Existing occupied_ = install::Transaction::Existing::kNothing;
  std::optional<venv::ExistingEnvironment> existing_;
  std::optional<venv::ExistingEnvironment> replaced_;  ///< with `--clear`: the one to remove
  std::vector<venv::EnvironmentPart> parts_;           ///< those that are missing or differ
  std::vector<install::Distribution> pips_;            ///< those that are installed
  bool pip_is_sound_ = false;
  bool for_other_minor_ = false;
  CarriedPackages carried_;  ///< empty unless the environment gets another minor Python
  std::optional<PackagePlan> plan_;

  std::unique_ptr<install::Transaction> transaction_;
  std::unique_ptr<install::Transaction> inside_;  ///< the second lock, if `--clear` needs both
  bool is_beside_ = false;  ///< whether `transaction_` can put a whole environment into place
  TargetReport report_;
};

}  // namespace ensure::bootstrap
