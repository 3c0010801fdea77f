#include "installer/resolve/solver/prefetcher.h"

#include <algorithm>

namespace ensure::resolve {
namespace {

/// Most projects take the first version; those that do not, often take many.
constexpr std::size_t kPatience = 2;
constexpr std::size_t kMostAhead = 64;

}  // namespace

Prefetcher::Attempts& Prefetcher::attempts(PackageId project) {
  if (project >= attempts_.size()) attempts_.resize(project + 1);
  return attempts_[project];
}

void Prefetcher::projects(const std::vector<PackageId>& needed, const Packages& packages,
                          Projects& projects, const PartialSolution& solution) {
  std::vector<PrefetchHint> needs;
  for (const PackageId id : needed) {
    Attempts& own = attempts(id);
    const Term* const allowed = solution.term(id);
    const Project& project = projects.at(id, packages[id].name);
    if (own.told || allowed == nullptr || allowed->absent) continue;
    if (project.prefers_one_of(allowed->versions)) continue;
    own.told = true;
    needs.push_back({packages[id].name, nullptr, &allowed->versions});
  }
  if (!needs.empty()) provider_.prefetch(needs);
}

/// Which versions are allowed may depend on a decision that is about to be taken back, as where two
/// projects go down their versions together: then the next ones count, whatever is allowed now.
void Prefetcher::after(const specs::PackageName& name, PackageId project, const Project& versions,
                       const Choice& choice, const specs::VersionSet& allowed) {
  Attempts& own = attempts(project);
  ++own.count;
  if (own.ahead > 0) --own.ahead;
  if (!choice.place || own.count <= kPatience) return;
  const std::size_t wanted = std::min(2 * own.count, kMostAhead);
  own.told_versions.resize(versions.usable().size());
  const bool was_foreseen = own.told_versions[*choice.place];
  if (was_foreseen && own.ahead > wanted / 2) return;
  own.told_versions[*choice.place] = true;
  std::vector<std::size_t> next = versions.next_after(*choice.place, allowed, wanted);
  if (next.size() < wanted) {
    const auto others = versions.next_after(*choice.place, specs::VersionSet::full(), wanted);
    next.insert(next.end(), others.begin(), others.end());
  }
  own.ahead = wanted;
  std::vector<PrefetchHint> needs;
  for (const std::size_t place : next) {
    if (own.told_versions[place]) continue;
    own.told_versions[place] = true;
    needs.push_back({name, versions.usable()[place].version, nullptr});
  }
  if (!needs.empty()) provider_.prefetch(needs);
}

}  // namespace ensure::resolve
