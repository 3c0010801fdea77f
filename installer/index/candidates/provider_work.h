#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "installer/index/candidates/index_provider.h"
#include "installer/index/metadata/metadata_form.h"
#include "installer/index/metadata/source_builder.h"
#include "installer/index/pages/link_source.h"
#include "installer/index/pages/page_source.h"
#include "installer/index/pages/project_state.h"
#include "installer/specs/requirements/dependencies.h"

namespace ensure::index {

/// What an `IndexProvider` does: it holds the state of all projects, and asks ahead.
///
/// Answers come in while the client is waited for. They are noted only; what follows from them is
/// done by `pump`, so that nothing here is called while it is at work.
class IndexProvider::Work : public std::enable_shared_from_this<Work> {
 public:
  Work(const specs::TargetPython& for_target, const IndexSettings& with_settings,
       net::HttpClient& client, const cache::Cache& cache, Downloader& for_wheels);

  [[nodiscard]] ProjectState& project(const specs::PackageName& name);

  /// Somebody may need a version of these, with these extras.
  void expect(const specs::PackageName& name, const specs::VersionSet& allowed,
              const std::vector<specs::PackageName>& extras);
  /// The solver will need one of these, and nothing else.
  void will_need(const resolve::Need& need);
  void pump();

  /// Wait until it is there. Throw what went wrong.
  const resolve::Candidates& candidates(ProjectState& project);
  VersionState& metadata(ProjectState& project, const specs::Version& version);

  /// The file to install of what was resolved.
  ChosenFile choose(const resolve::ResolvedProject& resolved);

  void add_direct_source(const DistributionFile& file, const resolve::Metadata& metadata,
                         std::optional<FetchedWheel> built);

  void warn(const std::string& warning);
  void note(const std::string& text);

  const specs::TargetPython& target;
  const IndexSettings& settings;
  Downloader& downloader;
  SourceBuilder* builder = nullptr;  ///< null where source distributions are not built
  std::set<std::string> requested;   ///< normal names
  std::vector<std::string> warnings;
  std::vector<std::string> notes;

 private:
  void ask_for_pages(ProjectState& project, net::Urgency urgency);
  [[nodiscard]] bool has_all_pages(const ProjectState& project) const;
  /// Once all pages are there.
  void build_candidates(ProjectState& project);
  [[nodiscard]] CandidateRules rules_for(const specs::PackageName& name) const;
  [[nodiscard]] resolve::Candidates absent(const ProjectState& project) const;
  void report(const ProjectState& project);
  void report_chosen(const ProjectState& project, const DistributionFile& file);

  void mark(ProjectState& project);
  void guess(ProjectState& project);
  /// The same by what the cache knows, while the index is asked whether that is still right.
  void guess_from_preview(ProjectState& project);
  void expand(const ProjectState& project, VersionState& version);
  void expect_all(const specs::Dependencies::List& requirements);
  [[nodiscard]] bool takes_lowest(const specs::PackageName& name) const;

  VersionState& ask_for_metadata(ProjectState& project, const specs::Version& version,
                                 net::Urgency urgency);
  [[nodiscard]] std::optional<resolve::Unusable> obstacle_of(const ProjectState& project,
                                                             const DistributionFile& file) const;
  static VersionState& read_installed(const ProjectState& project, InstalledState& installed,
                                      const specs::Version& version);
  void learn_of_source(const ProjectState& project, const specs::Version& version,
                       VersionState& state);
  [[nodiscard]] std::optional<resolve::Metadata> stored_metadata(
      const DistributionFile& file) const;
  /// Of a source distribution; nothing where a build may say something else.
  [[nodiscard]] std::optional<ReadMetadata> metadata_beside(const ProjectState& project,
                                                            const DistributionFile& file);
  [[nodiscard]] std::optional<ReadMetadata> metadata_inside(const ProjectState& project,
                                                            const DistributionFile& file);
  template <typename Holds>
  void wait_until(const Holds& holds);

  net::HttpClient& client_;
  const cache::Cache& cache_;
  PageSource pages_;
  MetadataSource metadata_;
  std::deque<LinkSource> links_;
  std::unordered_map<std::string, std::unique_ptr<ProjectState>> projects_;
  std::deque<ProjectState*> marked_;
};

}  // namespace ensure::index
