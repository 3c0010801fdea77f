#include "installer/resolve/solver/project.h"

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

std::optional<Unavailable> Project::unavailable(const Candidate& candidate) const {
  if (candidate.unavailable) return candidate.unavailable;
  if (rules_.direct_reference) return std::nullopt;
  if (candidate.yanked && !is_pinned(candidate.version, rules_.pins)) {
    return Unavailable{UnavailableReason::kYanked, "was yanked"};
  }
  if (rules_.no_prerelease && candidate.version.is_prerelease()) {
    return Unavailable{UnavailableReason::kPrerelease, "is a pre-release"};
  }
  return std::nullopt;
}

void Project::learn(const Candidates& candidates) {
  candidates_ = &candidates;
  usable_.reserve(candidates.versions.size());
  for (const Candidate& candidate : candidates.versions) {
    if (candidate.version != rules_.preferred && unavailable(candidate)) continue;
    usable_.push_back({&candidate.version, candidate.yanked});
  }
  add_preferred();
}

/// The preferred version is installed or locked, so that no index needs to have it.
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

std::size_t Project::first_possible(const specs::VersionSet& allowed) const {
  // A binary search: after many versions have failed, the next one is far behind.
  static constexpr std::size_t kFew = 32;
  std::size_t none_before = 0;
  std::size_t beyond = usable_.size();
  while (beyond - none_before > kFew) {
    const std::size_t middle = none_before + (beyond - none_before) / 2;
    const bool none = allowed.is_disjoint_from(between(0, middle - 1));
    (none ? none_before : beyond) = middle;
  }
  return none_before;
}

template <typename Accept>
std::optional<std::size_t> Project::find_best(const specs::VersionSet& allowed,
                                              const Accept& accept) const {
  const std::size_t first = first_possible(allowed);
  const std::size_t count = usable_.size() - first;
  for (std::size_t step = 0; step < count; ++step) {
    const std::size_t place = rules_.lowest ? usable_.size() - 1 - step : first + step;
    const specs::Version& version = *usable_[place].version;
    if (allowed.contains(version) && accept(version)) return place;
  }
  return std::nullopt;
}

std::optional<Choice> Project::choose(const specs::VersionSet& allowed) const {
  const auto is = [](const specs::Version& wanted) {
    return [&wanted](const specs::Version& version) { return version == wanted; };
  };
  const auto is_final = [](const specs::Version& version) { return !version.is_prerelease(); };
  const auto is_any = [](const specs::Version& /*version*/) { return true; };
  std::optional<std::size_t> place;
  if (prefers_one_of(allowed)) {
    if (candidates_ == nullptr) {
      const specs::Version& preferred = *rules_.preferred;
      return Choice{preferred, specs::VersionSet::exactly(preferred), std::nullopt, false};
    }
    place = find_best(allowed, is(*rules_.preferred));
  }
  if (!place && rules_.favoured && allowed.contains(*rules_.favoured)) {
    place = find_best(allowed, is(*rules_.favoured));
  }
  if (!place && !rules_.any_prerelease) place = find_best(allowed, is_final);
  if (!place) place = find_best(allowed, is_any);
  if (!place) return std::nullopt;
  return choice_at(*place);
}

Choice Project::choice_at(std::size_t place) const {
  return {*usable_[place].version, between(place, place), place, usable_[place].yanked};
}

std::vector<std::size_t> Project::next_after(std::size_t place, const specs::VersionSet& allowed,
                                             std::size_t count) const {
  std::vector<std::size_t> next;
  const bool prereleases = rules_.any_prerelease || usable_[place].version->is_prerelease();
  for (std::size_t step = 1; step < usable_.size() && next.size() < count; ++step) {
    if (rules_.lowest ? step > place : place + step >= usable_.size()) break;
    const std::size_t other = rules_.lowest ? place - step : place + step;
    const specs::Version& version = *usable_[other].version;
    if (!allowed.contains(version)) continue;
    if (prereleases || !version.is_prerelease()) next.push_back(other);
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
