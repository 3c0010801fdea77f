#pragma once

#include <memory>
#include <string>
#include <vector>

#include "installer/base/files.h"
#include "installer/base/path.h"
#include "installer/base/subprocess.h"
#include "installer/specs/metadata/layout.h"
#include "installer/wheel/wheel_source.h"
#include "venv/interpreter/interpreter.h"

namespace ensure::build {

/// An isolated environment for one build (PEP 517, "Build environment"): created from the target's
/// interpreter, with pip and the build requirements.
class IsolatedBuildEnvironment {
 public:
  /// Creates it in `directory`, which is empty.
  IsolatedBuildEnvironment(base::Directory directory, const venv::Interpreter& interpreter,
                           const wheel::WheelSource& pip);

  void install(const std::vector<std::shared_ptr<const wheel::WheelSource>>& wheels);

  /// Runs its Python, isolated from the user's settings (`-I`), with temporary files in the
  /// directory `temporary`. All processes that it starts end with it.
  [[nodiscard]] base::ProcessResult run_python(const std::vector<std::string>& arguments,
                                               const base::Path& temporary) const;

 private:
  [[nodiscard]] std::vector<std::string> variables(const base::Path& temporary) const;

  base::Directory directory_;
  specs::Layout layout_;
};

}  // namespace ensure::build
