#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "bootstrap/build/build_requirements.h"
#include "bootstrap/build/isolated_build_environment.h"
#include "installer/base/error.h"
#include "installer/base/files.h"
#include "installer/base/path.h"
#include "installer/base/progress.h"
#include "installer/base/subprocess.h"
#include "installer/cache/cache.h"
#include "installer/specs/metadata/pyproject.h"
#include "installer/wheel/wheel_source.h"
#include "venv/interpreter/interpreter.h"

namespace ensure::build {

/// What all builds of a run share.
struct BuildTools {
  const venv::Interpreter& interpreter;
  const wheel::WheelSource& pip;
  BuildRequirements& requirements;
  base::Progress& progress;
};

/// One build of a wheel from a source tree, in a scratch directory.
class ProjectBuild {
 public:
  /// `project` is the name for messages; `directory` is empty and takes everything that the build
  /// writes.
  ProjectBuild(std::string project, const base::Directory& directory, const BuildTools& tools)
      : project_(std::move(project)), directory_(directory), tools_(tools) {}

  /// Builds the project in the directory `tree` and returns the path of the wheel. Throws
  /// `base::Error`: `kFailure` with the last lines of the output if the build fails,
  /// `kVerification` for an invalid `pyproject.toml`, `kNoSolution` if the build requirements have
  /// no solution.
  [[nodiscard]] base::Path run(const base::Path& tree);

 private:
  [[nodiscard]] specs::BuildSystem read_build_system(const base::Path& tree) const;
  [[nodiscard]] IsolatedBuildEnvironment make_environment(
      const std::vector<specs::Requirement>& requirements);
  [[nodiscard]] std::vector<specs::Requirement> ask_backend(
      const IsolatedBuildEnvironment& environment, const base::Path& tree,
      const specs::BuildSystem& system) const;
  void build_wheel(const IsolatedBuildEnvironment& environment, const base::Path& tree) const;
  [[nodiscard]] base::Path path_of(const char* name) const { return directory_.path() / name; }

  std::string project_;
  const base::Directory& directory_;
  BuildTools tools_;
  std::size_t environments_ = 0;  ///< created so far
};

/// The error (`kFailure`) for a failed build: "building `demo-1.0.tar.gz` failed", with the last
/// lines of the backend's output.
[[nodiscard]] base::Error build_failure(const std::string& project,
                                        const base::ProcessResult& result);

}  // namespace ensure::build
