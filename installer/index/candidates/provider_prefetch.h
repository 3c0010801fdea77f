#pragma once

#include <deque>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "installer/index/candidates/project_state.h"
#include "installer/index/candidates/provider_candidates.h"
#include "installer/index/metadata/provider_metadata.h"
#include "installer/resolve/provider.h"
#include "installer/specs/requirements/dependencies.h"
#include "installer/specs/requirements/requirement.h"

namespace ensure::index {

/// Requests the pages and metadata that the solver will likely ask for: those of projects that it
/// announces, of their likely versions, and of the dependencies of those.
///
/// Callbacks only queue a project (`notify`); `run_pending` does the work, so that nothing happens
/// inside a callback.
class ProviderPrefetch {
 public:
  /// Everything referred to must outlive this.
  ProviderPrefetch(const ProviderContext& context, Projects& projects,
                   ProviderCandidates& candidates, ProviderMetadata& metadata)
      : context_(context), projects_(projects), candidates_(candidates), metadata_(metadata) {}

  /// Requests what the requirements of the user need.
  void expect(std::span<const specs::Requirement> requirements);
  void prefetch(const resolve::PrefetchHint& hint);

  /// Queues a project for which something has arrived.
  void notify(ProjectState& project);
  /// Updates all queued projects, and those that this queues.
  void run_pending();

 private:
  /// Requests what a requirement needs.
  void expect(const specs::PackageName& name, const specs::VersionSet& allowed,
              const std::vector<specs::PackageName>& extras);
  void expect_all(const specs::Dependencies::List& requirements);
  void update(ProjectState& project);
  /// Prefetches the dependencies of a version once its metadata are known.
  void prefetch_dependencies(const ProjectState& project, VersionState& version);
  /// Prefetches by the page in the cache, while the index is asked whether it has changed.
  void update_stale(ProjectState& project);
  /// The version that the solver will likely choose; null if there is none.
  [[nodiscard]] const specs::Version* likely_version(const ProjectState& project,
                                                     const ProjectCandidates& candidates) const;

  const ProviderContext& context_;
  Projects& projects_;
  ProviderCandidates& candidates_;
  ProviderMetadata& metadata_;
  std::set<std::string> requested_;    ///< normalized names that the user's requirements name
  std::deque<ProjectState*> pending_;  ///< each project once
};

}  // namespace ensure::index
