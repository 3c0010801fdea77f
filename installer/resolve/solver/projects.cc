#include "installer/resolve/solver/projects.h"

#include <algorithm>
#include <utility>

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
  const auto& specifiers = requirement.specifiers.specifiers();
  return requirement.url ||
         std::any_of(specifiers.begin(), specifiers.end(), [](const auto& specifier) {
           return specifier.op == "===" ||
                  (specifier.op == "==" && !specifier.version.ends_with(".*"));
         });
}

Projects::Projects(const Problem& problem) : problem_(problem) {
  for (const specs::Requirement& requirement : problem.requirements) {
    if (!applies(requirement, problem)) continue;
    add_requirement(requirement);
    rules_of(requirement.name).requested = true;
  }
  for (const specs::Requirement& constraint : problem.constraints) {
    if (applies(constraint, problem)) add_requirement(constraint);
  }
  for (const DirectReference& reference : problem.direct_references) {
    rules_of(reference.name).direct_reference = true;
  }
  for (const Preference& preference : problem.preferences) {
    ProjectRules& rules = rules_of(preference.name);
    (preference.is_there ? rules.preferred : rules.favoured) = preference.version;
  }
}

ProjectRules& Projects::rules_of(const specs::PackageName& name) {
  return rules_[name.normalized()];
}

void Projects::add_requirement(const specs::Requirement& requirement) {
  ProjectRules& rules = rules_of(requirement.name);
  if (requirement.specifiers.names_prerelease()) rules.any_prerelease = true;
  if (is_pin(requirement)) rules.pins.push_back(&requirement.specifiers);
}

Project& Projects::at(PackageId id, const specs::PackageName& name) {
  if (id >= projects_.size()) projects_.resize(id + 1);
  if (projects_[id]) return *projects_[id];
  ProjectRules rules = rules_of(name);
  rules.lowest = problem_.strategy == ResolutionStrategy::kLowest ||
                 (problem_.strategy == ResolutionStrategy::kLowestDirect && rules.requested);
  rules.no_prerelease = problem_.prereleases == PrereleasePolicy::kNever;
  if (problem_.prereleases == PrereleasePolicy::kAllow) rules.any_prerelease = true;
  projects_[id] = std::make_unique<Project>(std::move(rules));
  return *projects_[id];
}

}  // namespace ensure::resolve
