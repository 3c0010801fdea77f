#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "bootstrap/build/needed_wheels.h"
#include "bootstrap/build/throw_away_environment.h"
#include "installer/base/files.h"
#include "installer/base/path.h"
#include "installer/base/progress.h"
#include "installer/cache/cache.h"
#include "installer/specs/metadata/pyproject.h"
#include "installer/wheel/wheel_source.h"
#include "venv/interpreter/interpreter.h"

namespace ensure::build {

/// What every build is done with.
struct BuildTools {
  const venv::Interpreter& interpreter;
  const wheel::WheelSource& pip;
  NeededWheels& needed;
  base::Progress& progress;
};

/// One build of a wheel from a source tree: a list of named steps, in a folder that goes
/// afterwards.
class ProjectBuild {
 public:
  /// `project` is what messages call it; `folder` an empty one, for all that the build needs.
  ProjectBuild(std::string project, const base::Directory& folder, const BuildTools& tools)
      : project_(std::move(project)), folder_(folder), tools_(tools) {}

  /// The path of the wheel, in the folder. `tree` is the project's own folder. Throws
  /// `base::Error`: `kFailure` with the last lines of the output where the build fails;
  /// `kNoSolution` where what it needs cannot be had.
  [[nodiscard]] base::Path run(const base::Path& tree);

 private:
  [[nodiscard]] specs::BuildSystem read_build_system(const base::Path& tree) const;
  [[nodiscard]] ThrowAwayEnvironment make_environment(
      const std::vector<specs::Requirement>& requirements);
  [[nodiscard]] std::vector<specs::Requirement> ask_backend(const ThrowAwayEnvironment& environment,
                                                            const base::Path& tree,
                                                            const specs::BuildSystem& system) const;
  void build_wheel(const ThrowAwayEnvironment& environment, const base::Path& tree) const;
  [[nodiscard]] base::Path path_of(const char* name) const { return folder_.path() / name; }

  std::string project_;
  const base::Directory& folder_;
  BuildTools tools_;
  std::size_t environments_ = 0;  ///< made so far
};

}  // namespace ensure::build
