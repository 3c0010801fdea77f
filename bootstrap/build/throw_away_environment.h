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

/// An environment that exists to build something in (PEP 517, "Build environment"): made like any
/// other from the target's interpreter, with pip, and with the wheels that a build needs.
class ThrowAwayEnvironment {
 public:
  /// Lays it out in `folder`, which is empty.
  ThrowAwayEnvironment(base::Directory folder, const venv::Interpreter& interpreter,
                       const wheel::WheelSource& pip);

  /// Puts wheels into it, all of them at once. Throws `base::Error` as any installation does.
  void install(const std::vector<std::shared_ptr<const wheel::WheelSource>>& wheels);

  /// Runs its Python, isolated from the user's settings (`-I`), with temporary files in the folder
  /// `temporary`. What it starts ends with it, and it with us.
  [[nodiscard]] base::ProcessResult run_python(const std::vector<std::string>& arguments,
                                               const base::Path& temporary) const;

 private:
  [[nodiscard]] std::vector<std::string> variables(const base::Path& temporary) const;

  base::Directory folder_;
  specs::Layout layout_;
};

}  // namespace ensure::build
