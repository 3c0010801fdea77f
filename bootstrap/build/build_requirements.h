#pragma once

#include <memory>
#include <vector>

#include "installer/cache/cache.h"
#include "installer/index/candidates/index_provider.h"
#include "installer/index/downloads/downloader.h"
#include "installer/index/metadata/sdist_source.h"
#include "installer/index/settings.h"
#include "installer/net/http_client.h"
#include "installer/specs/requirements/requirement.h"
#include "installer/wheel/wheel_source.h"

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

}  // namespace ensure::build
