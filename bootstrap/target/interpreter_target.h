#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "bootstrap/request.h"
#include "bootstrap/result.h"
#include "bootstrap/target/install_target.h"
#include "bootstrap/target/pipeline.h"
#include "bootstrap/target/target_packages.h"
#include "bundled/payload/bundle.h"
#include "installer/base/progress.h"
#include "installer/install/transaction/transaction.h"
#include "installer/specs/metadata/layout.h"

namespace ensure::bootstrap {

/// The directories of an interpreter's installation scheme: its own, the user's, or those below
/// `--root`, `--prefix` or `--target`. They are changed in place by a journaled transaction.
class InterpreterTarget final : public Target {
 public:
  /// Both arguments must outlive the target.
  InterpreterTarget(const Request& request, const InstallTarget& target);

  [[nodiscard]] const std::filesystem::path& location() const override { return library_; }
  void examine() override;
  void plan(const TargetContent& content) override;
  [[nodiscard]] bool is_as_requested() const override { return packages_.are_as_requested(); }
  [[nodiscard]] bool needs_pip() const override { return packages_.needs_pip(); }
  [[nodiscard]] const PackagePlan* package_plan() const override {
    return packages_.package_plan();
  }
  void lock() override;
  void stage(const TargetContent& content) override;
  void apply() override { transaction_->apply(); }
  void commit() override;
  [[nodiscard]] TargetReport report() const override;

 private:
  [[nodiscard]] install::TargetBounds bounds() const;
  [[nodiscard]] std::vector<std::filesystem::path> own_directories() const;
  [[nodiscard]] bool has_commands() const;

  const Request& request_;
  const InstallTarget& target_;
  specs::Layout layout_;
  std::filesystem::path library_;  ///< the site-packages directory on this machine
  std::filesystem::path platlib_;
  std::filesystem::path scripts_;
  /// The topmost directories that the run will create.
  std::vector<std::filesystem::path> new_directories_;
  TargetPackages packages_;
  std::unique_ptr<install::Transaction> transaction_;
};

/// Installs pip and packages into an interpreter, as ensurepip does. Throws `Error`; then nothing
/// has changed.
[[nodiscard]] Result install_into_interpreter(const Request& request, const InstallTarget& target,
                                              const bundled::Bundle& bundle,
                                              base::Progress& progress);

}  // namespace ensure::bootstrap
