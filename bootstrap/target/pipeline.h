#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "bootstrap/packages/package_session.h"
#include "bootstrap/request.h"
#include "bootstrap/result.h"
#include "bootstrap/target/install_target.h"
#include "bootstrap/target/seed.h"
#include "bundled/payload/bundle.h"
#include "installer/base/path.h"
#include "installer/base/progress.h"
#include "venv/interpreter/interpreter.h"
#include "venv/interpreter/target_python.h"

namespace ensure::bootstrap {

/// The Python, pip and packages that the targets of a run receive.
struct TargetContent {
  const venv::Interpreter& interpreter;
  const Seed* seed;  ///< the pip to install; null if the request wants none
  /// The packages of the run. The first call creates the session, which may use the network.
  std::function<PackageSession&()> packages;
  base::Progress& progress;
};

/// An environment or an interpreter. The pipeline calls the steps in the order in which they are
/// declared; each throws `Error` if it cannot be done.
class Target {
 public:
  virtual ~Target() = default;

  /// Where the target is, with links resolved. Targets are locked in the order of their locations.
  [[nodiscard]] virtual const base::Path& location() const = 0;

  /// Finishes or undoes the change of a killed run, then reads what is there.
  virtual void examine() = 0;

  /// Decides what has to change. Does not write.
  virtual void plan(const TargetContent& content) = 0;
  [[nodiscard]] virtual bool is_as_requested() const = 0;
  /// Whether the plan installs the pip of the content.
  [[nodiscard]] virtual bool needs_pip() const = 0;
  /// The plan for packages; null without one.
  [[nodiscard]] virtual const PackagePlan* package_plan() const = 0;

  /// Takes the lock. Another run may have changed the target until then, so the pipeline examines
  /// and plans again afterwards.
  virtual void lock() = 0;

  /// Writes all new files beside the target.
  virtual void stage(const TargetContent& content) = 0;

  /// Moves the staged files into place. Without `commit`, the destructor moves them back.
  virtual void apply() = 0;
  virtual void commit() = 0;

  /// The changes that were made, or would be made.
  [[nodiscard]] virtual TargetReport report() const = 0;
};

using Targets = std::vector<std::unique_ptr<Target>>;

/// The Python of a run.
struct RunPython {
  venv::Interpreter interpreter;
  base::Path standard_library;  ///< on this machine; empty if it is not known
  base::Path root = "/";        ///< where the interpreter's "/" is on this machine
  std::optional<venv::TargetPlatform> platform = std::nullopt;  ///< `--python-platform`
  base::Path builds_beside;  ///< without a cache, sources are built beside this path
};

/// Changes several targets, all or none: examine, plan, stage, apply, commit, report.
class Pipeline {
 public:
  /// `targets` are examined already. All arguments must outlive the pipeline.
  Pipeline(const Request& request, const bundled::Bundle& bundle, RunPython python,
           const Targets& targets, base::Progress& progress);

  /// Plans all targets and stages those that have to change. `--dry-run` stages nothing.
  void stage();

  /// Applies and commits what is staged, and returns the report.
  [[nodiscard]] Result finish();

 private:
  [[nodiscard]] PackageSession& packages();
  /// Plans again if that fails because another run was changing the target meanwhile.
  void plan_without_locks();
  void stage(Target& target);

  const Request& request_;
  const bundled::Bundle& bundle_;
  RunPython python_;
  const Targets& targets_;
  base::Progress& progress_;
  std::optional<Seed> seed_;
  Request packages_request_;                  ///< `packages_` refers to it
  std::unique_ptr<PackageSession> packages_;  ///< null until a target plans packages
  TargetContent content_;
  std::vector<Target*> open_;  ///< the targets that have to change, in the order of their locks
};

/// The report of a run. `packages` is null if the run plans none.
[[nodiscard]] Result report_of(const Targets& targets, const RunPython& python,
                               const Request& request, const PackageSession* packages);

/// Creates or changes the environments of the request, all of them or none. Throws `Error`; then
/// every environment is as it was.
[[nodiscard]] Result make_environments(const Request& request, const bundled::Bundle& bundle,
                                       base::Progress& progress);

/// Installs pip and packages into an interpreter, as ensurepip does. Throws `Error`; then nothing
/// has changed.
[[nodiscard]] Result install_into_interpreter(const Request& request, const InstallTarget& target,
                                              const bundled::Bundle& bundle,
                                              base::Progress& progress);

}  // namespace ensure::bootstrap
