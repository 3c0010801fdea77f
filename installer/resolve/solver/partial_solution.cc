#include "installer/resolve/solver/partial_solution.h"

#include <algorithm>
#include <utility>

namespace ensure::resolve {

PartialSolution::State& PartialSolution::state(PackageId package) {
  if (package >= states_.size()) states_.resize(package + 1);
  return states_[package];
}

const Allowed* PartialSolution::allowed(PackageId package) const {
  if (package >= states_.size() || states_[package].history.empty()) return nullptr;
  return &states_[package].history.back().allowed;
}

bool PartialSolution::is_decided(PackageId package) const {
  return package < states_.size() && states_[package].decided;
}

bool PartialSolution::is_needed(PackageId package) const {
  const Allowed* const found = allowed(package);
  return found != nullptr && !found->absent;
}

Standing PartialSolution::standing(const Clause& clause) const {
  Standing standing{Standing::Kind::kSatisfied, 0};
  for (const Term& term : clause.terms) {
    const Allowed* const now = allowed(term.package);
    if (now != nullptr && now->is_subset_of(term.allowed)) continue;
    if (now != nullptr && now->is_disjoint_from(term.allowed)) {
      return {Standing::Kind::kContradicted, term.package};
    }
    if (standing.kind == Standing::Kind::kAlmostSatisfied) return {Standing::Kind::kOpen, 0};
    standing = {Standing::Kind::kAlmostSatisfied, term.package};
  }
  return standing;
}

bool PartialSolution::satisfies_all_but(const Clause& clause, PackageId package) const {
  return std::all_of(clause.terms.begin(), clause.terms.end(), [&](const Term& term) {
    const Allowed* const now = allowed(term.package);
    return term.package == package || (now != nullptr && now->is_subset_of(term.allowed));
  });
}

void PartialSolution::append(PackageId package, std::optional<ClauseId> cause, Allowed allowed) {
  ranges_.take(allowed.versions.range_count());
  state(package).history.push_back({trail_.size(), level_, cause, std::move(allowed)});
  trail_.push_back(package);
}

void PartialSolution::decide(PackageId package, Allowed allowed) {
  ++level_;
  state(package).decided = true;
  append(package, std::nullopt, std::move(allowed));
}

void PartialSolution::derive(PackageId package, const Clause& clause, ClauseId cause) {
  Allowed follows = clause.find(package)->allowed.complement();
  if (const Allowed* const before = allowed(package)) follows = follows.intersection(*before);
  append(package, cause, std::move(follows));
}

void PartialSolution::backtrack(Level level) {
  while (!trail_.empty()) {
    State& last = states_[trail_.back()];
    if (last.history.back().level <= level) break;
    if (!last.history.back().cause) last.decided = false;
    ranges_.give_back(last.history.back().allowed.versions.range_count());
    last.history.pop_back();
    trail_.pop_back();
  }
  level_ = level;
}

const PartialSolution::Assignment& PartialSolution::first_within(PackageId package,
                                                                 const Allowed& bound) const {
  const std::vector<Assignment>& history = states_[package].history;
  return *std::partition_point(history.begin(), history.end(), [&bound](const Assignment& step) {
    return !step.allowed.is_subset_of(bound);
  });
}

}  // namespace ensure::resolve
