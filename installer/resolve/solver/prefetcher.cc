#include "installer/resolve/solver/prefetcher.h"

#include <algorithm>

namespace ensure::resolve {
namespace {

/// The solver takes the first version of most projects, and tries many versions of some others.
constexpr std::size_t kPatience = 2;
constexpr std::size_t kLargestBatch = 64;

}  // namespace

Prefetcher::Attempts& Prefetcher::attempts(PackageId project) {
  if (project >= attempts_.size()) attempts_.resize(project + 1);
  return attempts_[project];
}

void Prefetcher::announce_projects(const std::vector<PackageId>& needed, const Packages& packages,
                                   const PartialSolution& solution) {
  std::vector<PrefetchHint> hints;
  for (const PackageId id : needed) {
    Attempts& own = attempts(id);
    const Term* const term = solution.term(id);
    if (own.is_announced || term == nullptr || term->absent) continue;
    if (packages.project(id).prefers_one_of(term->versions)) continue;
    own.is_announced = true;
    hints.push_back({packages[id].name, nullptr, &term->versions});
  }
  if (!hints.empty()) provider_.prefetch(hints);
}

void Prefetcher::announce_versions(const Package& package, const Project& project,
                                   const Choice& choice, const specs::VersionSet& allowed) {
  Attempts& own = attempts(package.project);
  ++own.count;
  if (own.ahead > 0) --own.ahead;
  if (!choice.place || own.count <= kPatience) return;
  const std::size_t wanted = std::min(2 * own.count, kLargestBatch);
  own.announced_versions.resize(project.usable().size());
  const bool was_announced = own.announced_versions[*choice.place];
  if (was_announced && own.ahead > wanted / 2) return;
  own.announced_versions[*choice.place] = true;
  std::vector<std::size_t> next = project.next_after(*choice.place, allowed, wanted);
  if (next.size() < wanted) {
    // When two projects backtrack against each other, `allowed` depends on a decision that is about
    // to be taken back, so that the versions outside it come next.
    const auto others = project.next_after(*choice.place, specs::VersionSet::full(), wanted);
    next.insert(next.end(), others.begin(), others.end());
  }
  own.ahead = wanted;
  std::vector<PrefetchHint> hints;
  for (const std::size_t place : next) {
    if (own.announced_versions[place]) continue;
    own.announced_versions[place] = true;
    hints.push_back({package.name, project.usable()[place].version, nullptr});
  }
  if (!hints.empty()) provider_.prefetch(hints);
}

}  // namespace ensure::resolve
