#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "installer/base/error.h"
#include "installer/cache/cache.h"
#include "installer/index/candidates/distribution_file.h"
#include "installer/index/candidates/project_state.h"
#include "installer/index/candidates/provider_candidates.h"
#include "installer/index/downloads/downloader.h"
#include "installer/index/metadata/provider_metadata.h"
#include "installer/index/settings.h"
#include "installer/net/http_client.h"
#include "installer/resolve/provider.h"
#include "installer/resolve/resolve.h"
#include "installer/specs/requirements/dependencies.h"
#include "installer/specs/requirements/requirement.h"

namespace ensure::index {

/// A file of a resolution, and the project that it was chosen for.
struct ChosenFile {
  resolve::ResolvedProject project;
  DistributionFile file;
  std::optional<FetchedWheel> wheel;  ///< if the wheel is here already, such as a built one
};

/// Answers the solver from indexes, link pages and the cache.
///
/// It prefetches what the solver will likely ask for: the pages of projects that it announces, the
/// metadata of their likely versions, and the dependencies of those. Callbacks only queue a project
/// (`notify`); `run_pending` does the work, so that nothing happens inside a callback. The answers
/// do not depend on the order in which responses arrive.
class IndexProvider final : public resolve::Provider {
 public:
  /// Everything referred to must outlive this.
  IndexProvider(const specs::TargetPython& target, const IndexSettings& settings,
                net::HttpClient& client, const cache::Cache& cache, Downloader& downloader);

  /// Makes a wheel that a requirement names by URL or path the only candidate of its project.
  void add_direct(const FetchedWheel& wheel);
  /// The same for an archive or a directory to build: its metadata, and the wheel if it was built
  /// already.
  void add_direct_source(const DistributionFile& file, const resolve::Metadata& metadata,
                         const std::optional<FetchedWheel>& built);
  /// Adds an installed version; `metadata` gives the text of its METADATA when it is needed.
  /// `candidates` names the version only if an index does. A project whose installed version meets
  /// the requirements is not prefetched.
  void add_installed(const specs::PackageName& name, const specs::Version& version,
                     std::function<std::string()> metadata);
  /// Forgets the versions that were added, because another run may have replaced them.
  void forget_installed();
  /// Without a builder, source distributions are no candidates, whatever the settings say. It must
  /// outlive this. To be called before `expect`.
  void set_source_builder(SourceBuilder& builder) { context_.builder = &builder; }

  /// Prefetches what the requirements of the user need.
  void expect(std::span<const specs::Requirement> requirements);

  const resolve::Candidates& candidates(const specs::PackageName& name) override;
  const resolve::MetadataAnswer& metadata(const specs::PackageName& name,
                                          const specs::Version& version) override;
  void prefetch(std::span<const resolve::PrefetchHint> hints) override;

  /// The files to install for a resolution, in its order, without the projects for which `is_kept`
  /// returns true. Throws `base::Error`, with exit code 7 if a project is quarantined, or if a
  /// digest that the requirements demand is missing or another one.
  [[nodiscard]] std::vector<ChosenFile> choose(
      const resolve::Resolution& resolution,
      const std::function<bool(const resolve::ResolvedProject&)>& is_kept = {});

  /// The error (`kVerification`) to report instead of "no solution" if a damaged or hostile file
  /// is among the reasons.
  [[nodiscard]] std::optional<base::Error> refusal_in(const resolve::NoSolution& failure);
  /// The error (`kNoSolution`) for a problem without a solution, with the explanation and hints.
  [[nodiscard]] base::Error no_solution_error(const resolve::NoSolution& failure,
                                              const resolve::Problem& problem);

  [[nodiscard]] const Notices& notices() const { return notices_; }

 private:
  template <typename Holds>
  void wait_until(const Holds& holds);
  void set_direct(const specs::PackageName& name, const specs::Version& version,
                  VersionState state);
  [[nodiscard]] ChosenFile choose(const resolve::ResolvedProject& resolved);
  void warn_about(const ProjectState& project, const DistributionFile& file);

  // Prefetching:
  /// Requests what a requirement needs.
  void expect(const specs::PackageName& name, const specs::VersionSet& allowed,
              const std::vector<specs::PackageName>& extras);
  void expect_all(const specs::Dependencies::List& requirements);
  /// Queues a project for which something has arrived.
  void notify(ProjectState& project);
  /// Updates all queued projects, and those that this queues.
  void run_pending();
  void update(ProjectState& project);
  /// Prefetches the dependencies of a version once its metadata are known.
  void prefetch_dependencies(const ProjectState& project, VersionState& version);
  /// Prefetches by the page in the cache, while the index is asked whether it has changed.
  void update_stale(ProjectState& project);
  /// The version that the solver will likely choose; null if there is none.
  [[nodiscard]] const specs::Version* likely_version(const ProjectState& project,
                                                     const ProjectCandidates& candidates) const;

  ProviderContext context_;
  Projects projects_;
  Notices notices_;
  ProviderCandidates candidates_;
  ProviderMetadata metadata_;
  std::set<std::string> requested_;    ///< normalized names that the user's requirements name
  std::deque<ProjectState*> pending_;  ///< each project once
};

}  // namespace ensure::index
