#pragma once

#include <string>

#include "bootstrap/build/build_requirements.h"
#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/path.h"
#include "installer/base/progress.h"
#include "installer/base/subprocess.h"
#include "installer/wheel/wheel_source.h"
#include "venv/interpreter/interpreter.h"

namespace ensure::build {

/// Shared by all builds of a run.
struct BuildTools {
  const venv::Interpreter& interpreter;
  const wheel::WheelSource& pip;
  BuildRequirements& requirements;
  base::Progress& progress;
};

/// Builds a wheel of the project in the directory `tree` and returns its path in `directory`, which
/// is empty and takes everything that the build writes. `project` is the name for messages. Throws
/// `base::Error`: `kFailure` with the last lines of the output if the build fails, `kVerification`
/// for an invalid `pyproject.toml`, `kNoSolution` if the build requirements have no solution.
[[nodiscard]] base::Path build_project(const std::string& project, const base::Directory& directory,
                                       const base::Path& tree, const BuildTools& tools);

/// The error (`kFailure`) for a failed build: "building `demo-1.0.tar.gz` failed", with the last
/// lines of the backend's output.
[[nodiscard]] base::Error build_failure(const std::string& project,
                                        const base::ProcessResult& result);

}  // namespace ensure::build
