#pragma once

#include <memory>
#include <string>
#include <vector>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/path.h"
#include "installer/base/progress.h"
#include "installer/base/subprocess.h"
#include "installer/cache/cache.h"
#include "installer/index/candidates/index_provider.h"
#include "installer/index/downloads/downloader.h"
#include "installer/index/metadata/sdist_source.h"
#include "installer/index/settings.h"
#include "installer/net/http_client.h"
#include "installer/specs/requirements/requirement.h"
#include "installer/wheel/wheel_source.h"
#include "venv/interpreter/interpreter.h"

namespace ensure::build {

/// The build requirements of projects (PEP 518, `requires`). The solver chooses them from the same
/// indexes and under the same rules as other packages. The user's requirements, constraints and
/// `--hash` options do not apply to them.
class BuildRequirements {
 public:
  /// `builder` builds those that have no wheel. All arguments must outlive this.
  BuildRequirements(const specs::TargetPython& target, const index::IndexSettings& settings,
                    net::HttpClient& client, const cache::Cache& cache,
                    index::Downloader& downloader, index::SourceBuilder& builder);

  using Wheels = std::vector<std::shared_ptr<const wheel::WheelSource>>;

  /// Throws `base::Error` (`kNoSolution`) with an explanation, and network errors.
  [[nodiscard]] Wheels fetch(const std::vector<specs::Requirement>& requirements);

 private:
  const specs::TargetPython& target_;
  index::IndexSettings settings_;
  index::Downloader& downloader_;
  index::SourceBuilder& builder_;
  index::IndexProvider provider_;
};

/// Shared by all builds of a run.
struct BuildTools {
  const venv::Interpreter& interpreter;
  const wheel::WheelSource& pip;
  BuildRequirements& requirements;
  base::Progress& progress;
};

enum class WheelKind {
  kOrdinary,
  kEditable,  ///< refers to the files of the project (PEP 660)
};

/// Builds a wheel of the project in the directory `tree` and returns its path in `directory`, which
/// is empty and takes everything that the build writes. `project` is the name for messages. Throws
/// `base::Error`: `kFailure` with the last lines of the output if the build fails or the backend
/// cannot build an editable wheel, `kVerification` for an invalid `pyproject.toml`, `kNoSolution`
/// if the build requirements have no solution.
[[nodiscard]] base::Path build_project(const std::string& project, const base::Directory& directory,
                                       const base::Path& tree, WheelKind kind,
                                       const BuildTools& tools);

/// The error (`kFailure`) for a failed build: "building `demo-1.0.tar.gz` failed", with the last
/// lines of the backend's output.
[[nodiscard]] base::Error build_failure(const std::string& project,
                                        const base::ProcessResult& result);

}  // namespace ensure::build
