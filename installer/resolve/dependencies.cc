#include "installer/resolve/dependencies.h"

#include <algorithm>

#include "installer/resolve/projects.h"

namespace ensure::resolve {

std::vector<const specs::Requirement*> dependencies_of(const Metadata& metadata,
                                                       const Problem& problem) {
  std::vector<const specs::Requirement*> found;
  if (problem.no_deps) return found;
  for (const specs::Requirement& requirement : metadata.requires_dist) {
    if (applies(requirement, problem)) found.push_back(&requirement);
  }
  return found;
}

std::vector<const specs::Requirement*> dependencies_of_extra(const Metadata& metadata,
                                                             const specs::PackageName& extra,
                                                             const Problem& problem) {
  std::vector<const specs::Requirement*> found;
  if (problem.no_deps) return found;
  const specs::MarkerSelection selection{{extra.normalized()}, {}};
  for (const specs::Requirement& requirement : metadata.requires_dist) {
    if (!requirement.marker || !requirement.marker->evaluate(problem.environment, selection)) {
      continue;
    }
    if (!applies(requirement, problem)) found.push_back(&requirement);
  }
  return found;
}

bool provides(const Metadata& metadata, const specs::PackageName& extra) {
  const auto& names = metadata.provides_extra;
  return std::find(names.begin(), names.end(), extra) != names.end();
}

}  // namespace ensure::resolve
