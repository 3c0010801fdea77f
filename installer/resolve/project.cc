#include "installer/resolve/project.h"

#include <algorithm>
#include <utility>

namespace ensure::resolve {
namespace {

bool is_pinned(const specs::Version& version, const std::vector<const specs::SpecifierSet*>& pins) {
  return std::any_of(pins.begin(), pins.end(), [&version](const specs::SpecifierSet* pin) {
    return pin->versions().contains(version);
  });
}

}  // namespace

std::optional<Unusable> obstacle_of(const Candidate& candidate, const ProjectRules& rules) {
  if (candidate.unusable) return candidate.unusable;
  if (rules.direct_reference) return std::nullopt;
  if (candidate.yanked && !is_pinned(candidate.version, rules.pins)) {
    return Unusable{Obstacle::kYanked, "was yanked"};
  }
  if (rules.no_prerelease && candidate.version.is_prerelease()) {
    return Unusable{Obstacle::kPrerelease, "is a pre-release"};
  }
  return std::nullopt;
}

bool Project::may_be_taken(const Candidate& candidate) const {
  return candidate.version == rules_.preferred || !obstacle_of(candidate, rules_);
}

void Project::learn(const Candidates& candidates) {
  candidates_ = &candidates;
  usable_.reserve(candidates.versions.size());
  for (const Candidate& candidate : candidates.versions) {
    if (!may_be_taken(candidate)) continue;
    usable_.push_back({&candidate.version, candidate.yanked});
  }
  add_preferred();
}

/// An installed version need not be in any index.
void Project::add_preferred() {
  if (!rules_.preferred) return;
  const auto place = std::find_if(
      usable_.begin(), usable_.end(),
      [this](const UsableVersion& usable) { return *usable.version <= *rules_.preferred; });
  if (place != usable_.end() && *place->version == *rules_.preferred) return;
  usable_.insert(place, {&*rules_.preferred, false});
}

bool Project::prefers_one_of(const specs::VersionSet& allowed) const {
  return rules_.preferred && allowed.contains(*rules_.preferred);
}

template <typename Accept>
std::optional<std::size_t> Project::find_best(const Accept& accept) const {
  for (std::size_t step = 0; step < usable_.size(); ++step) {
    const std::size_t place = rules_.lowest ? usable_.size() - 1 - step : step;
    if (accept(usable_[place])) return place;
  }
  return std::nullopt;
}

std::optional<Choice> Project::choose(const specs::VersionSet& allowed) const {
  if (prefers_one_of(allowed)) {
    const auto place = find_best(
        [this](const UsableVersion& usable) { return *usable.version == *rules_.preferred; });
    if (place) return choice_at(*place);
    return Choice{*rules_.preferred, specs::VersionSet::exactly(*rules_.preferred), std::nullopt,
                  false};
  }
  if (!rules_.any_prerelease) {
    const auto place = find_best([&allowed](const UsableVersion& usable) {
      return allowed.contains(*usable.version) && !usable.version->is_prerelease();
    });
    if (place) return choice_at(*place);
  }
  const auto place = find_best(
      [&allowed](const UsableVersion& usable) { return allowed.contains(*usable.version); });
  if (!place) return std::nullopt;
  return choice_at(*place);
}

Choice Project::choice_at(std::size_t place) const {
  return {*usable_[place].version, between(place, place), place, usable_[place].yanked};
}

std::vector<const specs::Version*> Project::next_after(std::size_t place,
                                                       const specs::VersionSet& allowed,
                                                       std::size_t count) const {
  std::vector<const specs::Version*> next;
  const bool prereleases = rules_.any_prerelease || usable_[place].version->is_prerelease();
  for (std::size_t step = 1; step < usable_.size() && next.size() < count; ++step) {
    if (rules_.lowest ? step > place : place + step >= usable_.size()) break;
    const UsableVersion& usable = usable_[rules_.lowest ? place - step : place + step];
    if (!allowed.contains(*usable.version)) continue;
    if (prereleases || !usable.version->is_prerelease()) next.push_back(usable.version);
  }
  return next;
}

specs::VersionSet Project::between(std::size_t first, std::size_t last) const {
  using specs::VersionSet;
  VersionSet set = VersionSet::full();
  if (last + 1 < usable_.size()) {
    const specs::Version& older = *usable_[last + 1].version;
    set = VersionSet::at_least(older).intersection(VersionSet::exactly(older).complement());
  }
  if (first == 0) return set;
  return set.intersection(VersionSet::at_least(*usable_[first - 1].version).complement());
}

}  // namespace ensure::resolve
