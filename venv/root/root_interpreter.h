#pragma once

#include "installer/base/path.h"
#include "venv/discovery/python_request.h"
#include "venv/interpreter/install_schemes.h"
#include "venv/interpreter/interpreter.h"
#include "venv/root/target_root.h"

namespace ensure::venv {

/// A Python in a root, known from its files. Paths are those that the root's own programs see.
struct RootInterpreter {
  Interpreter interpreter;
  SchemeFlavour flavour = SchemeFlavour::kUpstream;
  InstallSchemes schemes;  ///< with the marker of PEP 668 that the root has
};

/// Finds and describes the Python that `request` names in `root`. Nothing is run, and nothing
/// outside `root` is read. A path in the request, `prefix` (the directory of `--prefix`) and
/// `user_base` (that of `--user`) are as seen from inside. Throws `base::Error` (`kInterpreter`) if
/// there is none; the error names the Pythons of the root.
[[nodiscard]] RootInterpreter find_in_root(const TargetRoot& root, const PythonRequest& request,
                                           const base::Path& prefix = "/",
                                           const base::Path& user_base = "/root/.local");

}  // namespace ensure::venv
