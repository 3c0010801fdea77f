#include "installer/resolve/prefetch.h"

#include <algorithm>

namespace ensure::resolve {
namespace {

/// Most projects take the first version; those that do not, often take many.
constexpr std::size_t kPatience = 2;
constexpr std::size_t kMostAhead = 128;

}  // namespace

Prefetch::Attempts& Prefetch::attempts(PackageId project) {
  if (project >= attempts_.size()) attempts_.resize(project + 1);
  return attempts_[project];
}

void Prefetch::projects(const std::vector<PackageId>& needed, const Packages& packages,
                        Projects& projects, const PartialSolution& solution) {
  std::vector<Need> needs;
  for (const PackageId id : needed) {
    Attempts& own = attempts(id);
    const Allowed* const allowed = solution.allowed(id);
    const Project& project = projects.at(id, packages[id].name);
    if (own.told || allowed == nullptr || allowed->absent) continue;
    if (project.prefers_one_of(allowed->versions)) continue;
    own.told = true;
    needs.push_back({packages[id].name, nullptr, &allowed->versions});
  }
  if (!needs.empty()) provider_.will_need(needs);
}

void Prefetch::after(const specs::PackageName& name, PackageId project, const Project& versions,
                     const Choice& choice, const specs::VersionSet& allowed) {
  Attempts& own = attempts(project);
  ++own.count;
  if (own.ahead > 0) --own.ahead;
  const std::size_t wanted = std::min(2 * own.count, kMostAhead);
  if (!choice.place || own.count <= kPatience || own.ahead > wanted / 2) return;
  const auto next = versions.next_after(*choice.place, allowed, wanted);
  std::vector<Need> needs;
  // The first ones were told before.
  for (std::size_t place = own.ahead; place < next.size(); ++place) {
    needs.push_back({name, next[place], nullptr});
  }
  own.ahead = wanted;
  if (!needs.empty()) provider_.will_need(needs);
}

}  // namespace ensure::resolve
