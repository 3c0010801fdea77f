#include <algorithm>
#include <utility>

#include "installer/index/candidates/provider_work.h"

/// How an `IndexProvider` asks for what the solver will most likely want.
namespace ensure::index {
namespace {

constexpr std::size_t kMostRanges = 256;

}  // namespace

bool IndexProvider::Impl::takes_lowest(const specs::PackageName& name) const {
  if (settings.resolution == resolve::ResolutionStrategy::kLowestDirect) {
    return requested.contains(name.normalized());
  }
  return settings.resolution == resolve::ResolutionStrategy::kLowest;
}

void IndexProvider::Impl::mark(ProjectState& project) {
  if (std::exchange(project.is_marked, true)) return;
  marked_.push_back(&project);
}

void IndexProvider::Impl::pump() {
  while (!marked_.empty()) {
    ProjectState& project = *marked_.front();
    marked_.pop_front();
    project.is_marked = false;
    build_candidates(project);
    for (auto& [version, state] : project.versions) {
      if (state.is_expanded) expand(project, state);
    }
    guess(project);
  }
}

void IndexProvider::Impl::expect(const specs::PackageName& name, const specs::VersionSet& allowed,
                                 const std::vector<specs::PackageName>& extras) {
  ProjectState& state = project(name);
  if (!state.allowed) {
    state.allowed = allowed;
  } else {
    const specs::VersionSet both = state.allowed->intersection(allowed);
    // It is for guesses alone: with many exclusions, one by one, it would only grow.
    state.allowed = both.is_empty() || both.range_count() > kMostRanges ? allowed : both;
  }
  for (const specs::PackageName& extra : extras) {
    if (state.known_extras.insert(extra.normalized()).second) state.extras.push_back(extra);
  }
  const auto kept = std::ranges::find_if(state.installed, [&](const auto& installed) {
    return state.allowed->contains(installed.first);
  });
  if (kept != state.installed.end()) {
    return expand(state, read_installed(state, kept->second, kept->first));
  }
  if (!state.direct) ask_for_pages(state, net::Urgency::kSoon);
  mark(state);
}

void IndexProvider::Impl::prefetch(const resolve::PrefetchHint& need) {
  ProjectState& state = project(need.name);
  if (need.version != nullptr) {
    if (state.candidates) ask_for_metadata(state, *need.version, net::Urgency::kSoon);
    return;
  }
  if (need.allowed != nullptr) state.allowed = *need.allowed;
  if (!state.direct) ask_for_pages(state, net::Urgency::kSoon);
  mark(state);
}

/// Asks for the metadata of the version that will most likely be taken.
void IndexProvider::Impl::guess(ProjectState& project) {
  if (!project.candidates) guess_from_stale(project);
  if (!project.candidates || !project.allowed) return;
  const specs::Version* const version =
      project.candidates->guess(*project.allowed, takes_lowest(project.name));
  if (version == nullptr) return;
  VersionState& state = ask_for_metadata(project, *version, net::Urgency::kSoon);
  state.is_expanded = true;
  expand(project, state);
}

void IndexProvider::Impl::guess_from_stale(ProjectState& project) {
  if (!project.stale || project.error || !project.allowed) return;
  StaleCandidates& stale = *project.stale;
  const specs::Version* const version =
      stale.candidates.guess(*project.allowed, takes_lowest(project.name));
  if (version == nullptr) return;
  if (stale.version != *version) {
    stale.version = *version;
    stale.state = {};
    const std::optional<DistributionFile> file = stale.candidates.choose(*version);
    if (file && file->is_wheel) {
      if (auto known = metadata_.recall(*file)) stale.state.outcome = {.answer = *std::move(known)};
    }
  }
  expand(project, stale.state);
}

/// Asks for what a version depends on, before the solver comes to it.
void IndexProvider::Impl::expand(const ProjectState& project, VersionState& version) {
  if (settings.no_deps || !version.outcome || version.is_being_expanded) return;
  const auto* const metadata = std::get_if<resolve::Metadata>(&version.outcome->answer);
  if (metadata == nullptr) return;
  const bool is_new = !version.dependencies;
  if (is_new) version.dependencies.emplace(metadata->requires_dist, target.environment);
  // The solver refuses such a version.
  if (version.dependencies->is_excessive()) return;
  // An extra may need other extras of the same project. They are added to the list that is read.
  version.is_being_expanded = true;
  if (is_new) expect_all(version.dependencies->of_project());
  while (version.expanded_extras < project.extras.size()) {
    const specs::PackageName extra = project.extras[version.expanded_extras++];
    expect_all(version.dependencies->of_extra(extra));
  }
  version.is_being_expanded = false;
}

void IndexProvider::Impl::expect_all(const specs::Dependencies::List& requirements) {
  for (const specs::Requirement* const requirement : requirements) {
    if (requirement->url) continue;
    expect(requirement->name, requirement->specifiers.versions(), requirement->extras);
  }
}

}  // namespace ensure::index
