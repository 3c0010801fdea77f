#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "installer/index/candidates/project_candidates.h"
#include "installer/index/downloads/downloader.h"
#include "installer/index/metadata/metadata_source.h"
#include "installer/index/metadata/sdist_source.h"
#include "installer/index/pages/project_pages.h"
#include "installer/index/settings.h"
#include "installer/resolve/provider.h"
#include "installer/specs/requirements/dependencies.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/versions/version.h"
#include "installer/specs/versions/version_set.h"

namespace ensure::index {

/// Shared by the parts of an `IndexProvider`.
struct ProviderContext {
  const specs::TargetPython& target;
  const IndexSettings& settings;
  net::HttpClient& client;
  const cache::Cache& cache;
  Downloader& downloader;
  SourceBuilder* builder = nullptr;  ///< null if source distributions are not built
};

/// The state of one version in an `IndexProvider`.
struct VersionState {
  std::function<std::string()> installed;  ///< gives the METADATA if the version is installed
  bool is_requested = false;               ///< a request for the metadata was sent
  std::optional<MetadataResult> metadata;
  std::optional<FetchedWheel> wheel;       ///< built from source, or given by the user
  std::optional<DistributionFile> source;  ///< given by the user, to be built
  // For prefetching its dependencies:
  bool is_followed = false;  ///< the solver will likely need them
  std::optional<specs::Dependencies> dependencies;
  std::size_t followed_extras = 0;  ///< the number of the project's extras that were followed
};

/// The candidates from the page in the cache, by which versions are guessed until the index has
/// confirmed or replaced it.
struct StaleCandidates {
  ProjectCandidates candidates;
  std::optional<specs::Version> version;  ///< the likely version
  VersionState state;                     ///< of that version, if the cache has its metadata
};

/// The state of one project in an `IndexProvider`.
struct ProjectState {
  explicit ProjectState(specs::PackageName project) : name(std::move(project)) {}

  specs::PackageName name;
  std::unique_ptr<ProjectPages> pages;  ///< null until they are requested
  std::optional<ProjectCandidates> candidates;
  std::optional<StaleCandidates> stale;      ///< before `candidates`
  std::optional<base::Error> error;          ///< instead of `candidates`
  std::optional<resolve::Candidates> fixed;  ///< of an absent project, or of a direct reference
  std::optional<specs::Version> direct;      ///< the version of the direct reference
  bool is_reported = false;                  ///< what was skipped on its pages was counted
  bool is_pending = false;                   ///< in the queue of the `IndexProvider`
  std::map<specs::Version, VersionState> versions;
  // For guessing the version that the solver will choose:
  std::optional<specs::VersionSet> allowed;
  std::vector<specs::PackageName> extras;
  std::unordered_set<std::string> known_extras;  ///< the normalized names of `extras`
};

/// All projects of a run. References to them stay valid.
class Projects {
 public:
  [[nodiscard]] ProjectState& at(const specs::PackageName& name) {
    std::unique_ptr<ProjectState>& state = states_[name.normalized()];
    if (!state) state = std::make_unique<ProjectState>(name);
    return *state;
  }
  template <typename Visit>
  void for_each(const Visit& visit) {
    for (const auto& [name, state] : states_) visit(*state);
  }

 private:
  std::unordered_map<std::string, std::unique_ptr<ProjectState>> states_;
};

/// Information about the indexes for the user, besides errors.
struct Notices {
  std::vector<std::string> warnings;
  std::vector<std::string> details;  ///< for `--verbose`
  SkippedEntries skipped;

  void warn(const std::string& text) {
    if (std::ranges::find(warnings, text) == warnings.end()) warnings.push_back(text);
  }
};

}  // namespace ensure::index
