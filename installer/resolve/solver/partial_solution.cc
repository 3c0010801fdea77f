#include "installer/resolve/solver/partial_solution.h"

#include <algorithm>
#include <utility>

namespace ensure::resolve {

const Term* PartialSolution::term(PackageId package) const {
  if (package >= states_.size() || states_[package].history.empty()) return nullptr;
  return &states_[package].history.back().term;
}

bool PartialSolution::is_decided(PackageId package) const {
  return package < states_.size() && states_[package].decided;
}

bool PartialSolution::is_needed(PackageId package) const {
  const Term* const found = term(package);
  return found != nullptr && !found->absent;
}

Relation PartialSolution::relation(const Incompatibility& incompatibility) const {
  Relation relation{Relation::Kind::kSatisfied, 0};
  for (const PackageTerm& required : incompatibility.terms) {
    const Term* const now = term(required.package);
    if (now != nullptr && now->is_subset_of(required.term)) continue;
    if (now != nullptr && now->is_disjoint_from(required.term)) {
      return {Relation::Kind::kContradicted, required.package};
    }
    if (relation.kind == Relation::Kind::kAlmostSatisfied) {
      return {Relation::Kind::kInconclusive, 0};
    }
    relation = {Relation::Kind::kAlmostSatisfied, required.package};
  }
  return relation;
}

bool PartialSolution::satisfies_all_but(const Incompatibility& incompatibility,
                                        PackageId package) const {
  return std::ranges::all_of(incompatibility.terms, [&](const PackageTerm& required) {
    const Term* const now = term(required.package);
    return required.package == package || (now != nullptr && now->is_subset_of(required.term));
  });
}

void PartialSolution::append(PackageId package, std::optional<IncompatibilityId> cause, Term term) {
  ranges_.take(term.versions.range_count());
  if (package >= states_.size()) states_.resize(package + 1);
  states_[package].history.push_back({trail_.size(), level_, cause, std::move(term)});
  trail_.push_back(package);
}

void PartialSolution::decide(PackageId package, Term term) {
  ++level_;
  append(package, std::nullopt, std::move(term));
  states_[package].decided = true;
}

void PartialSolution::derive(PackageId package, const Incompatibility& incompatibility,
                             IncompatibilityId cause) {
  Term follows = incompatibility.term_of(package).complement();
  if (const Term* const before = term(package)) follows = follows.intersection(*before);
  append(package, cause, std::move(follows));
}

void PartialSolution::backtrack(Level level) {
  while (!trail_.empty()) {
    State& last = states_[trail_.back()];
    if (last.history.back().level <= level) break;
    if (!last.history.back().cause) last.decided = false;
    ranges_.give_back(last.history.back().term.versions.range_count());
    last.history.pop_back();
    trail_.pop_back();
  }
  level_ = level;
}

const PartialSolution::Assignment& PartialSolution::satisfier(PackageId package,
                                                              const Term& bound) const {
  return *std::ranges::partition_point(states_[package].history, [&bound](const Assignment& step) {
    return !step.term.is_subset_of(bound);
  });
}

}  // namespace ensure::resolve
