#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "installer/index/candidates/project_candidates.h"
#include "installer/index/downloads/fetched_wheel.h"
#include "installer/index/metadata/metadata_source.h"
#include "installer/index/pages/project_pages.h"
#include "installer/resolve/provider.h"
#include "installer/specs/requirements/dependencies.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/versions/version.h"
#include "installer/specs/versions/version_set.h"

namespace ensure::index {

/// What an `IndexProvider` knows of one version.
struct VersionState {
  std::shared_ptr<MetadataSource::Fetch> fetch;  ///< while it is under way, and after
  std::optional<MetadataOutcome> outcome;
  std::optional<resolve::MetadataAnswer> answer;  ///< once the solver has asked
  std::optional<FetchedWheel> wheel;              ///< built, or given by the user
  std::optional<DistributionFile> source;         ///< given by the user, to be built
  /// Whether what it depends on is asked for as soon as that is known.
  bool is_expanded = false;
  std::optional<specs::Dependencies> dependencies;  ///< since it was expanded
  std::size_t expanded_extras = 0;                  ///< for so many extras of the project
  bool is_being_expanded = false;
};

/// What an `IndexProvider` knows of an installed version.
struct InstalledState {
  std::function<std::string()> metadata;  ///< gives the text of METADATA
  VersionState state;                     ///< once that was read
};

/// What was right when the index was last asked: for guesses, until it has answered again.
struct StaleCandidates {
  ProjectCandidates candidates;
  std::optional<specs::Version> version;  ///< that will most likely be taken
  VersionState state;                     ///< of it, as far as the cache knows its metadata
};

/// What an `IndexProvider` knows of one project.
struct ProjectState {
  explicit ProjectState(specs::PackageName project) : name(std::move(project)) {}

  specs::PackageName name;
  std::unique_ptr<ProjectPages> pages;  ///< once they are asked for
  std::optional<ProjectCandidates> candidates;
  std::optional<StaleCandidates> stale;        ///< before candidates
  std::optional<base::Error> error;            ///< instead of candidates
  std::optional<resolve::Candidates> special;  ///< there is no such project, or a direct wheel
  std::optional<specs::Version> direct;
  std::map<specs::Version, VersionState> versions;
  std::map<specs::Version, InstalledState> installed;
  // To guess which version will be asked for:
  std::optional<specs::VersionSet> allowed;
  std::vector<specs::PackageName> extras;
  std::unordered_set<std::string> known_extras;  ///< the same
  bool is_marked = false;
};

}  // namespace ensure::index
