#pragma once

#include <optional>

#include "bootstrap/request.h"
#include "installer/base/path.h"
#include "installer/specs/metadata/layout.h"
#include "venv/interpreter/install_schemes.h"
#include "venv/interpreter/interpreter.h"
#include "venv/root/root_interpreter.h"

namespace ensure::bootstrap {

/// The interpreter that pip is put into, which need not run here, and where its files are.
class InstallTarget {
 public:
  /// Finds it: on this machine, in the root that the request names, or, where that root has no
  /// Python yet, one of this machine whose folders are used inside the root (as `DESTDIR` is). What
  /// `--python-version` and `--python-platform` say is put over what is found.
  /// Throws `Error` (`kInterpreter`, `kUsage`).
  [[nodiscard]] static InstallTarget find(const Request& request);

  [[nodiscard]] const venv::Interpreter& interpreter() const { return interpreter_; }

  /// The environment that the interpreter was found in, and whose base it is.
  [[nodiscard]] const std::optional<base::Path>& environment() const { return environment_; }

  /// Where its standard library is on this machine; empty where it is on no machine that is known.
  [[nodiscard]] base::Path standard_library() const {
    if (!root_ && !interpreter_.runs_here) return {};
    return on_this_machine(schemes_.standard_library);
  }

  /// The layout of the folders that the request asks for, as the target's own Python sees them.
  [[nodiscard]] specs::Layout layout() const;

  /// Where a folder of that layout is on this machine; links inside a root stay inside it.
  /// Throws `Error` (`kFileSystem`) where one leads nowhere.
  [[nodiscard]] base::Path on_this_machine(const base::Path& path) const;

  /// Throws `Error` (`kFileSystem`) with the marker's own words where a distribution manages the
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
