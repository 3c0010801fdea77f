#include "installer/resolve/solver/propagation.h"

#include <algorithm>
#include <ranges>
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

bool Propagation::is_contradicted(IncompatibilityId id) const {
  return id < contradicted_.size() && contradicted_[id] != 0;
}

void Propagation::note_contradicted(IncompatibilityId incompatibility) {
  if (incompatibility >= contradicted_.size()) contradicted_.resize(incompatibilities_.size());
  contradicted_[incompatibility] = 1;
  contradictions_.emplace_back(solution_.level(), incompatibility);
}

void Propagation::backtrack(Level level) {
  solution_.backtrack(level);
  while (!contradictions_.empty() && contradictions_.back().first > level) {
    contradicted_[contradictions_.back().second] = 0;
    contradictions_.pop_back();
  }
}

std::optional<IncompatibilityId> Propagation::run(PackageId changed) {
  forget_changes();
  note_change(changed);
  while (!changed_.empty()) {
    const PackageId package = changed_.back();
    changed_.pop_back();
    is_changed_[package] = 0;
    const std::optional<IncompatibilityId> satisfied = visit(package);
    if (!satisfied) continue;
    if (const std::optional<IncompatibilityId> end = resolve_conflict(*satisfied)) return end;
  }
  return std::nullopt;
}

std::optional<IncompatibilityId> Propagation::visit(PackageId package) {
  // The newest incompatibilities are the strongest.
  const std::vector<IncompatibilityId>& watching = incompatibilities_.watching(package);
  for (const IncompatibilityId incompatibility : std::views::reverse(watching)) {
    if (!incompatibilities_.is_watched(incompatibility) || is_contradicted(incompatibility))
      continue;
    const Relation relation = solution_.relation(incompatibilities_[incompatibility]);
    switch (relation.kind) {
      case Relation::Kind::kSatisfied:
        return incompatibility;
      case Relation::Kind::kAlmostSatisfied:
        derive(relation.package, incompatibility);
        break;
      case Relation::Kind::kContradicted:
        note_contradicted(incompatibility);
        break;
      case Relation::Kind::kInconclusive:
        break;
    }
  }
  return std::nullopt;
}

void Propagation::derive(PackageId package, IncompatibilityId cause) {
  solution_.derive(package, incompatibilities_[cause], cause);
  note_contradicted(cause);
  note_change(package);
}

void Propagation::note_change(PackageId package) {
  if (package >= is_changed_.size()) is_changed_.resize(package + 1);
  if (std::exchange(is_changed_[package], 1) == 0) changed_.push_back(package);
}

void Propagation::forget_changes() {
  for (const PackageId package : changed_) is_changed_[package] = 0;
  changed_.clear();
}

Propagation::Satisfier Propagation::satisfier_of(const Incompatibility& incompatibility) const {
  const PackageTerm& first = incompatibility.terms.front();
  Satisfier last{first.package, &solution_.satisfier(first.package, first.term), 0};
  for (const PackageTerm& own : incompatibility.terms) {
    if (own.package == first.package) continue;
    const PartialSolution::Assignment& step = solution_.satisfier(own.package, own.term);
    if (step.time > last.step->time) {
      last = {own.package, &step, std::max(last.previous_level, last.step->level)};
    } else {
      last.previous_level = std::max(last.previous_level, step.level);
    }
  }
  if (!last.step->cause) return last;
  // An earlier step has excluded whatever the cause of the last step did not exclude.
  const Term excluded_before = incompatibilities_[*last.step->cause]
                                   .term_of(last.package)
                                   .union_with(incompatibility.term_of(last.package));
  if (!excluded_before.is_any()) {
    const auto& step = solution_.satisfier(last.package, excluded_before);
    last.previous_level = std::max(last.previous_level, step.level);
  }
  return last;
}

std::optional<IncompatibilityId> Propagation::resolve_conflict(IncompatibilityId satisfied) {
  IncompatibilityId id = satisfied;
  for (;;) {
    if (incompatibilities_[id].terms.empty()) return id;
    const Satisfier satisfier = satisfier_of(incompatibilities_[id]);
    const bool is_decision = !satisfier.step->cause;
    if (is_decision || satisfier.previous_level < satisfier.step->level) {
      note_conflict(incompatibilities_[id], satisfier.package);
      backtrack(satisfier.previous_level);
      if (id != satisfied) incompatibilities_.watch(id);
      forget_changes();
      derive(satisfier.package, id);
      return std::nullopt;
    }
    id = incompatibilities_.add_prior_cause(id, *satisfier.step->cause, satisfier.package);
  }
}

void Propagation::note_conflict(const Incompatibility& learned, PackageId rejected) {
  Conflict conflict{rejected, {}};
  for (const PackageTerm& own : learned.terms) {
    if (own.package != rejected) conflict.causes.push_back(own.package);
  }
  conflicts_.push_back(std::move(conflict));
}

}  // namespace ensure::resolve
