#include "installer/resolve/solver/packages.h"

#include <algorithm>
#include <utility>

namespace ensure::resolve {

std::optional<Unavailable> Project::unavailable(const Candidate& candidate) const {
  if (candidate.unavailable) return candidate.unavailable;
  if (rules_.direct_reference) return std::nullopt;
  const auto allows = [&candidate](const specs::SpecifierSet* pin) {
    return pin->versions().contains(candidate.version);
  };
  if (candidate.yanked && std::ranges::none_of(rules_.pins, allows)) {
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
    usable_.push_back({&candidate.version, candidate.yanked, candidate.rank});
  }
  if (!rules_.preferred) return;
  // The preferred version is installed or locked, so that no index needs to have it.
  const auto place = std::ranges::find_if(usable_, [this](const UsableVersion& usable) {
    return *usable.version <= *rules_.preferred;
  });
  if (place != usable_.end() && *place->version == *rules_.preferred) return;
  usable_.insert(place, {&*rules_.preferred, false, 0});
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
  std::optional<std::size_t> best;
  for (std::size_t step = 0; step < count && (!best || usable_[*best].rank > 0); ++step) {
    const std::size_t place = rules_.lowest ? usable_.size() - 1 - step : first + step;
    const specs::Version& version = *usable_[place].version;
    if (best && usable_[place].rank >= usable_[*best].rank) continue;
    if (allowed.contains(version) && accept(version)) best = place;
  }
  return best;
}

std::optional<Choice> Project::choose(const specs::VersionSet& allowed) const {
  const auto is_final = [](const specs::Version& version) { return !version.is_prerelease(); };
  const auto is_any = [](const specs::Version& /*version*/) { return true; };
  if (candidates_ == nullptr) {
    const specs::Version& preferred = *rules_.preferred;
    return Choice{preferred, specs::VersionSet::exactly(preferred), std::nullopt, false};
  }
  std::optional<std::size_t> place;
  for (const std::optional<specs::Version>* const wanted : {&rules_.preferred, &rules_.favoured}) {
    if (place || !*wanted || !allowed.contains(**wanted)) continue;
    place = find_best(allowed, [&](const specs::Version& version) { return version == **wanted; });
  }
  if (!place && !rules_.any_prerelease) place = find_best(allowed, is_final);
  if (!place) place = find_best(allowed, is_any);
  if (!place) return std::nullopt;
  return Choice{*usable_[*place].version, between(*place, *place), place, usable_[*place].yanked};
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

bool applies(const specs::Requirement& requirement, const Problem& problem) {
  return !requirement.marker || requirement.marker->evaluate(problem.environment);
}

std::optional<specs::VersionSet> versions_of(const specs::Requirement& requirement,
                                             const Problem& problem) {
  if (!requirement.url) return requirement.specifiers.versions();
  for (const DirectReference& reference : problem.direct_references) {
    if (reference.name == requirement.name && reference.url == *requirement.url) {
      return specs::VersionSet::exactly(reference.version);
    }
  }
  return std::nullopt;
}

bool is_pin(const specs::Requirement& requirement) {
  return requirement.url ||
         std::ranges::any_of(requirement.specifiers.specifiers(), [](const auto& specifier) {
           return specifier.op == "===" ||
                  (specifier.op == "==" && !specifier.version.ends_with(".*"));
         });
}

Packages::Packages(const Problem& problem) : problem_(problem) {
  for (const specs::Requirement& requirement : problem.requirements) {
    add_requirement(requirement, true);
  }
  for (const specs::Requirement& constraint : problem.constraints) {
    add_requirement(constraint, false);
  }
  for (const DirectReference& reference : problem.direct_references) {
    rules_[reference.name.normalized()].direct_reference = true;
  }
  for (const Preference& preference : problem.preferences) {
    ProjectRules& rules = rules_[preference.name.normalized()];
    (preference.is_there ? rules.preferred : rules.favoured) = preference.version;
  }
}

void Packages::add_requirement(const specs::Requirement& requirement, bool is_requested) {
  if (!applies(requirement, problem_)) return;
  ProjectRules& rules = rules_[requirement.name.normalized()];
  rules.requested |= is_requested;
  rules.any_prerelease |= requirement.specifiers.names_prerelease();
  if (is_pin(requirement)) rules.pins.push_back(&requirement.specifiers);
}

ProjectRules Packages::rules_of(const specs::PackageName& name) {
  const auto known = rules_.find(name.normalized());
  ProjectRules rules = known == rules_.end() ? ProjectRules() : known->second;
  rules.lowest = problem_.strategy == ResolutionStrategy::kLowest ||
                 (problem_.strategy == ResolutionStrategy::kLowestDirect && rules.requested);
  rules.no_prerelease = problem_.prereleases == PrereleasePolicy::kNever;
  rules.any_prerelease |= problem_.prereleases == PrereleasePolicy::kAllow;
  return rules;
}

PackageId Packages::add(Package package, std::unique_ptr<Project> project) {
  packages_.push_back(std::move(package));
  projects_.push_back(std::move(project));
  extras_.emplace_back();
  return static_cast<PackageId>(packages_.size() - 1);
}

PackageId Packages::id_of(const specs::PackageName& name) {
  const auto next = static_cast<PackageId>(packages_.size());
  const auto [place, is_new] = ids_.try_emplace(name.normalized(), next);
  if (!is_new) return place->second;
  return add({name, next, std::nullopt}, std::make_unique<Project>(rules_of(name)));
}

PackageId Packages::id_of_extra(PackageId project, const specs::PackageName& name) {
  const auto next = static_cast<PackageId>(packages_.size());
  const auto [place, is_new] = extra_ids_.try_emplace({project, name.normalized()}, next);
  if (!is_new) return place->second;
  const PackageId id = add({packages_[project].name, project, name}, nullptr);
  extras_[project].push_back(id);
  return id;
}

}  // namespace ensure::resolve
