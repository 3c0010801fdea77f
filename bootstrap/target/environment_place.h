#pragma once

#include <optional>
#include <vector>

#include "bootstrap/request.h"
#include "bootstrap/target/install_target.h"
#include "installer/base/path.h"
#include "installer/install/transaction/transaction.h"
#include "venv/environment/environment.h"
#include "venv/environment/environment_reader.h"
#include "venv/interpreter/interpreter.h"

namespace ensure::bootstrap {

/// Where an environment is, and how links on the way are followed: on this machine, or as after
/// chroot(2) inside the root of the request (`--root`).
class EnvironmentPlace {
 public:
  /// `path` is the environment as the user names it; with a root, as seen from inside. `target` is
  /// the Python in the root, null without one; it must outlive this. Throws `Error` (`kUsage`) if
  /// no environment can be at that path.
  EnvironmentPlace(const base::Path& path, const Request& request, const InstallTarget* target);

  /// The absolute path on this machine, for messages.
  [[nodiscard]] const base::Path& path() const { return path_; }
  /// The same with links resolved.
  [[nodiscard]] const base::Path& location() const { return location_; }
  /// The path that texts in the environment name: without a root, an environment that a link leads
  /// to, such as `current -> 1`, keeps its own name.
  [[nodiscard]] const base::Path& text_path() const { return text_path_; }
  /// The directories that a transaction may change.
  [[nodiscard]] const install::TargetBounds& bounds() const { return bounds_; }

  /// Reads what is there; nullopt for nothing.
  [[nodiscard]] std::optional<venv::ExistingEnvironment> read();

  /// Throws `Error` (`kUsage`) for a relocatable environment whose Python is for another processor:
  /// its commands are programs for the processor of this machine.
  void check(const venv::EnvironmentOptions& options, const venv::Interpreter& interpreter) const;

  /// Makes copies of the interpreter come from the root.
  void adapt(std::vector<venv::EnvironmentPart>& parts) const;
  /// The path on this machine of a file of the environment's Python.
  [[nodiscard]] base::Path on_this_machine(const base::Path& path) const;

 private:
  [[nodiscard]] bool is_here(const base::Path& text_path) const;

  const InstallTarget* target_;
  base::Path named_;  ///< as seen from inside the root
  base::Path path_;
  base::Path location_;
  base::Path text_path_;
  install::TargetBounds bounds_;
};

}  // namespace ensure::bootstrap
