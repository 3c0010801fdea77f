#pragma once

#include <optional>

#include "bootstrap/request.h"
#include "installer/base/path.h"
#include "installer/specs/metadata/layout.h"
#include "venv/interpreter/install_schemes.h"
#include "venv/interpreter/interpreter.h"
#include "venv/root/target_root.h"

namespace ensure::bootstrap {

/// The interpreter that packages are installed into, and its directories. It need not run here.
class InstallTarget {
 public:
  /// Finds the interpreter of a request: on this machine, in the root that the request names, or,
  /// if that root has no Python yet, one of this machine whose directories are used inside the root
  /// (like `DESTDIR`). `--python-version` and `--python-platform` override what is found. Throws
  /// `Error` (`kInterpreter`, `kUsage`).
  [[nodiscard]] static InstallTarget find(const Request& request);

  [[nodiscard]] const venv::Interpreter& interpreter() const { return interpreter_; }

  /// The root of the request.
  [[nodiscard]] const std::optional<venv::TargetRoot>& root() const { return root_; }

  /// The environment that the interpreter was found in.
  [[nodiscard]] const std::optional<base::Path>& environment() const { return environment_; }

  /// The standard library on this machine; empty if it cannot be read here.
  [[nodiscard]] base::Path standard_library() const {
    if (!root_ && !interpreter_.runs_here) return {};
    return on_this_machine(schemes_.standard_library);
  }

  /// The requested directories, with paths as the target's own Python sees them.
  [[nodiscard]] specs::Layout layout() const;

  /// The path of a directory of that layout on this machine. Links inside a root stay inside it.
  /// Throws `Error` (`kFileSystem`) for a link that leads nowhere.
  [[nodiscard]] base::Path on_this_machine(const base::TargetPath& path) const;

  /// Throws `Error` (`kFileSystem`) with the text of the marker if a distribution manages the
  /// packages of this interpreter (PEP 668). A marker of this machine does not count for a root.
  void refuse_externally_managed() const;

 private:
  InstallTarget(venv::Interpreter interpreter, venv::InstallSchemes schemes)
      : interpreter_(std::move(interpreter)), schemes_(std::move(schemes)) {}

  static InstallTarget find_here(const Request& request);
  static InstallTarget find_in_root(const Request& request, const venv::TargetRoot& root);
  static InstallTarget describe(const Request& request,
                                const std::optional<venv::TargetRoot>& root);

  venv::Interpreter interpreter_;
  venv::InstallSchemes schemes_;
  specs::Scheme scheme_;
  std::optional<venv::TargetRoot> root_;
  std::optional<base::Path> environment_;
};

}  // namespace ensure::bootstrap
