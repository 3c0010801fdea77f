#include "installer/index/candidates/provider_prefetch.h"

#include <utility>

namespace ensure::index {
namespace {

/// The installed version of a project if a requirement may be met by it; otherwise null.
const specs::Version* installed_version(const ProjectState& project) {
  for (const auto& [version, state] : project.versions) {
    if (state.installed && project.allowed->contains(version)) return &version;
  }
  return nullptr;
}

/// Adds a requirement to the set of versions by which the likely version is guessed.
void narrow(std::optional<specs::VersionSet>& known, const specs::VersionSet& allowed) {
  constexpr std::size_t kMostRanges = 256;
  if (!known) {
    known = allowed;
    return;
  }
  const specs::VersionSet both = known->intersection(allowed);
  // A guess is not worth a set that grows with every exclusion.
  known = both.is_empty() || both.range_count() > kMostRanges ? allowed : both;
}

}  // namespace

void ProviderPrefetch::expect(std::span<const specs::Requirement> requirements) {
  for (const specs::Requirement& requirement : requirements) {
    requested_.insert(requirement.name.normalized());
  }
  for (const specs::Requirement& requirement : requirements) {
    if (requirement.marker && !requirement.marker->evaluate(context_.target.environment)) continue;
    expect(requirement.name, requirement.specifiers.versions(), requirement.extras);
  }
}

void ProviderPrefetch::expect(const specs::PackageName& name, const specs::VersionSet& allowed,
                              const std::vector<specs::PackageName>& extras) {
  ProjectState& project = projects_.at(name);
  narrow(project.allowed, allowed);
  for (const specs::PackageName& extra : extras) {
    if (project.known_extras.insert(extra.normalized()).second) project.extras.push_back(extra);
  }
  if (!project.direct && installed_version(project) == nullptr) {
    candidates_.request(project);
  }
  notify(project);
}

void ProviderPrefetch::expect_all(const specs::Dependencies::List& requirements) {
  for (const specs::Requirement* const requirement : requirements) {
    if (requirement->url) continue;
    expect(requirement->name, requirement->specifiers.versions(), requirement->extras);
  }
}

void ProviderPrefetch::prefetch(const resolve::PrefetchHint& hint) {
  ProjectState& project = projects_.at(hint.name);
  if (hint.version != nullptr) {
    if (project.candidates) metadata_.request(project, *hint.version);
    return;
  }
  if (hint.allowed != nullptr) project.allowed = *hint.allowed;
  if (!project.direct) candidates_.request(project);
  notify(project);
}

void ProviderPrefetch::notify(ProjectState& project) {
  if (!std::exchange(project.is_pending, true)) pending_.push_back(&project);
}

void ProviderPrefetch::run_pending() {
  while (!pending_.empty()) {
    ProjectState& project = *pending_.front();
    pending_.pop_front();
    project.is_pending = false;
    update(project);
  }
}

void ProviderPrefetch::update(ProjectState& project) {
  candidates_.update(project);
  if (project.allowed && !project.direct) {
    const specs::Version* const version = project.candidates
                                              ? likely_version(project, *project.candidates)
                                              : installed_version(project);
    if (version != nullptr) {
      metadata_.request(project, *version).is_followed = true;
    } else if (!project.candidates) {
      update_stale(project);
    }
  }
  for (auto& [version, state] : project.versions) {
    if (state.is_followed) prefetch_dependencies(project, state);
  }
}

void ProviderPrefetch::update_stale(ProjectState& project) {
  if (!project.stale || project.error) return;
  StaleCandidates& stale = *project.stale;
  const specs::Version* const version = likely_version(project, stale.candidates);
  if (version == nullptr) return;
  if (stale.version != *version) {
    stale.version = *version;
    stale.state = {};
    const std::optional<DistributionFile> file = stale.candidates.choose(*version);
    if (file && file->is_wheel) {
      if (auto known = metadata_.recall(*file))
        stale.state.metadata = {.answer = *std::move(known)};
    }
  }
  prefetch_dependencies(project, stale.state);
}

const specs::Version* ProviderPrefetch::likely_version(const ProjectState& project,
                                                       const ProjectCandidates& candidates) const {
  using resolve::ResolutionStrategy;
  const ResolutionStrategy strategy = context_.settings.resolution;
  const bool lowest =
      strategy == ResolutionStrategy::kLowest || (strategy == ResolutionStrategy::kLowestDirect &&
                                                  requested_.contains(project.name.normalized()));
  return candidates.likely_version(*project.allowed, lowest);
}

void ProviderPrefetch::prefetch_dependencies(const ProjectState& project, VersionState& version) {
  if (context_.settings.no_deps || !version.metadata || version.metadata->error) return;
  const auto* const metadata = std::get_if<resolve::Metadata>(&version.metadata->answer);
  if (metadata == nullptr) return;
  const bool is_new = !version.dependencies;
  if (is_new) version.dependencies.emplace(metadata->requires_dist, context_.target.environment);
  if (version.dependencies->is_excessive()) return;  // the solver rejects such a version
  if (is_new) expect_all(version.dependencies->of_project());
  // An extra may require further extras of its own project, which are added to the list meanwhile.
  while (version.followed_extras < project.extras.size()) {
    const specs::PackageName extra = project.extras[version.followed_extras++];
    expect_all(version.dependencies->of_extra(extra));
  }
}

}  // namespace ensure::index
