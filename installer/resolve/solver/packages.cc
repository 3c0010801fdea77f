#include "installer/resolve/solver/packages.h"

#include <algorithm>

namespace ensure::resolve {

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
