#include "installer/resolve/solver/propagation.h"

#include <algorithm>
#include <ranges>
#include <utility>

namespace ensure::resolve {

bool Propagation::is_contradicted(ClauseId clause) const {
  return clause < contradicted_.size() && contradicted_[clause] != 0;
}

void Propagation::note_contradicted(ClauseId clause) {
  if (clause >= contradicted_.size()) contradicted_.resize(clauses_.size());
  contradicted_[clause] = 1;
  contradictions_.emplace_back(solution_.level(), clause);
}

void Propagation::backtrack(Level level) {
  solution_.backtrack(level);
  while (!contradictions_.empty() && contradictions_.back().first > level) {
    contradicted_[contradictions_.back().second] = 0;
    contradictions_.pop_back();
  }
}

std::optional<ClauseId> Propagation::run(PackageId changed) {
  forget_changes();
  note_change(changed);
  while (!changed_.empty()) {
    const PackageId package = changed_.back();
    changed_.pop_back();
    is_changed_[package] = 0;
    const std::optional<ClauseId> violated = visit(package);
    if (!violated) continue;
    if (const std::optional<ClauseId> end = overcome(*violated)) return end;
  }
  return std::nullopt;
}

std::optional<ClauseId> Propagation::visit(PackageId package) {
  // The newest clauses first: they tell most.
  const std::vector<ClauseId>& watching = clauses_.watching(package);
  for (const ClauseId clause : std::views::reverse(watching)) {
    if (!clauses_.is_watched(clause) || is_contradicted(clause)) continue;
    const Standing standing = solution_.standing(clauses_[clause]);
    switch (standing.kind) {
      case Standing::Kind::kSatisfied:
        return clause;
      case Standing::Kind::kAlmostSatisfied:
        conclude(standing.package, clause);
        break;
      case Standing::Kind::kContradicted:
        note_contradicted(clause);
        break;
      case Standing::Kind::kOpen:
        break;
    }
  }
  return std::nullopt;
}

void Propagation::conclude(PackageId package, ClauseId clause) {
  solution_.derive(package, clauses_[clause], clause);
  note_contradicted(clause);
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

Propagation::Satisfier Propagation::satisfier_of(const Clause& clause) const {
  const Term& first = clause.terms.front();
  Satisfier last{first.package, &solution_.first_within(first.package, first.allowed), 0};
  for (const Term& term : clause.terms) {
    if (term.package == first.package) continue;
    const PartialSolution::Assignment& step = solution_.first_within(term.package, term.allowed);
    if (step.time > last.step->time) {
      last = {term.package, &step, std::max(last.before, last.step->level)};
    } else {
      last.before = std::max(last.before, step.level);
    }
  }
  if (!last.step->cause) return last;
  // What its cause did not exclude has to have been excluded by an earlier step.
  const Allowed excluded_before = clauses_[*last.step->cause]
                                      .find(last.package)
                                      ->allowed.union_with(clause.find(last.package)->allowed);
  if (!excluded_before.is_anything()) {
    const auto& step = solution_.first_within(last.package, excluded_before);
    last.before = std::max(last.before, step.level);
  }
  return last;
}

std::optional<ClauseId> Propagation::overcome(ClauseId violated) {
  ClauseId id = violated;
  for (;;) {
    if (clauses_[id].terms.empty()) return id;
    const Satisfier satisfier = satisfier_of(clauses_[id]);
    const bool decided = !satisfier.step->cause;
    if (decided || satisfier.before < satisfier.step->level) {
      note_conflict(clauses_[id], satisfier.package);
      backtrack(satisfier.before);
      if (id != violated) clauses_.watch(id);
      forget_changes();
      conclude(satisfier.package, id);
      return std::nullopt;
    }
    id = clauses_.derive(id, *satisfier.step->cause, satisfier.package);
  }
}

void Propagation::note_conflict(const Clause& clause, PackageId rejected) {
  Conflict conflict{rejected, {}};
  for (const Term& term : clause.terms) {
    if (term.package != rejected) conflict.causes.push_back(term.package);
  }
  conflicts_.push_back(std::move(conflict));
}

}  // namespace ensure::resolve
