#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "bootstrap/packages/carried_packages.h"
#include "bootstrap/request.h"
#include "bootstrap/result.h"
#include "bootstrap/target/environment_place.h"
#include "bootstrap/target/install_target.h"
#include "bootstrap/target/pipeline.h"
#include "bootstrap/target/target_packages.h"
#include "installer/base/path.h"
#include "installer/install/transaction/transaction.h"
#include "installer/install/wheel/destination.h"
#include "venv/environment/environment.h"
#include "venv/environment/environment_reader.h"

namespace ensure::bootstrap {

/// A virtual environment. A new one appears by one rename; an existing one is changed in place by a
/// journaled transaction.
class EnvironmentTarget final : public Target {
 public:
  /// `path` is the environment as the user names it. `root` is the Python in the root of the
  /// request, null without a root. Both and `request` must outlive the target.
  EnvironmentTarget(const base::Path& path, const Request& request,
                    const InstallTarget* root = nullptr);

  [[nodiscard]] const base::Path& location() const override { return place_.location(); }
  void examine() override;
  void plan(const TargetContent& content) override;
  [[nodiscard]] bool is_as_requested() const override;
  [[nodiscard]] bool needs_pip() const override { return plan_.packages.needs_pip(); }
  [[nodiscard]] const PackagePlan* package_plan() const override {
    return plan_.packages.package_plan();
  }
  void lock() override;
  void stage(const TargetContent& content) override;
  void apply() override;
  void commit() override;
  [[nodiscard]] TargetReport report() const override;

  /// The path of the environment as messages name it.
  [[nodiscard]] const base::Path& path() const { return place_.path(); }

  /// The environment at the path, if it is kept; null if there is none, or `--clear` replaces it.
  [[nodiscard]] const venv::ExistingEnvironment* existing() const;
  /// The environment at the path, kept or replaced.
  [[nodiscard]] const venv::ExistingEnvironment* previous() const;

 private:
  /// The result of `examine`.
  struct Found {
    install::Transaction::Existing entry = install::Transaction::Existing::kNothing;
    std::optional<venv::ExistingEnvironment> environment;
  };

  /// The result of `plan`.
  struct Plan {
    venv::EnvironmentOptions options;
    std::vector<venv::EnvironmentPart> parts;    ///< of the environment as requested
    std::vector<venv::EnvironmentPart> changed;  ///< those that are missing or differ
    std::vector<ChangeReport> changes;           ///< why they are written anew
    bool changes_python = false;                 ///< to another minor version
    std::vector<install::Distribution> removed;  ///< with the replaced environment or Python
    TargetPackages packages;
  };

  /// `--clear` of an environment takes both locks: beside the environment, for the rename, and
  /// inside, where a run that changes it holds its lock.
  struct Locks {
    std::unique_ptr<install::Transaction> outer;
    std::unique_ptr<install::Transaction> inner;
    bool can_rename = false;  ///< `outer` can move a whole environment into place
  };

  [[nodiscard]] InstalledPackages installed_packages(const TargetContent& content) const;
  [[nodiscard]] ChangeReport describe(const venv::PartDifference& difference) const;
  /// Whether the environment was made at another path, which its commands name.
  [[nodiscard]] bool is_moved() const;
  void stage_new(const TargetContent& content);
  void stage_changes(install::Transaction& transaction, const TargetContent& content);
  void stage_moved(const venv::Interpreter& interpreter, const install::WheelDestination& tree);
  void stage_packages(install::Transaction* transaction, const base::Directory& staged,
                      const TargetContent& content);

  const Request& request_;
  EnvironmentPlace place_;
  Found found_;
  Plan plan_;
  Locks locks_;
};

}  // namespace ensure::bootstrap
