#include "installer/resolve/solver/propagation.h"

#include <algorithm>
#include <ranges>
#include <utility>

namespace ensure::resolve {

bool Propagation::is_contradicted(IncompatibilityId incompatibility) const {
  return incompatibility < contradicted_.size() && contradicted_[incompatibility] != 0;
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
    const std::optional<IncompatibilityId> violated = visit(package);
    if (!violated) continue;
    if (const std::optional<IncompatibilityId> end = resolve_conflict(*violated)) return end;
  }
  return std::nullopt;
}

std::optional<IncompatibilityId> Propagation::visit(PackageId package) {
  // The newest incompatibilities first: they tell most.
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

void Propagation::derive(PackageId package, IncompatibilityId incompatibility) {
  solution_.derive(package, incompatibilities_[incompatibility], incompatibility);
  note_contradicted(incompatibility);
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
  for (const PackageTerm& term : incompatibility.terms) {
    if (term.package == first.package) continue;
    const PartialSolution::Assignment& step = solution_.satisfier(term.package, term.term);
    if (step.time > last.step->time) {
      last = {term.package, &step, std::max(last.before, last.step->level)};
    } else {
      last.before = std::max(last.before, step.level);
    }
  }
  if (!last.step->cause) return last;
  // What its cause did not exclude has to have been excluded by an earlier step.
  const Term excluded_before = incompatibilities_[*last.step->cause]
                                   .find(last.package)
                                   ->term.union_with(incompatibility.find(last.package)->term);
  if (!excluded_before.is_anything()) {
    const auto& step = solution_.satisfier(last.package, excluded_before);
    last.before = std::max(last.before, step.level);
  }
  return last;
}

std::optional<IncompatibilityId> Propagation::resolve_conflict(IncompatibilityId violated) {
  IncompatibilityId id = violated;
  for (;;) {
    if (incompatibilities_[id].terms.empty()) return id;
    const Satisfier satisfier = satisfier_of(incompatibilities_[id]);
    const bool decided = !satisfier.step->cause;
    if (decided || satisfier.before < satisfier.step->level) {
      note_conflict(incompatibilities_[id], satisfier.package);
      backtrack(satisfier.before);
      if (id != violated) incompatibilities_.watch(id);
      forget_changes();
      derive(satisfier.package, id);
      return std::nullopt;
    }
    id = incompatibilities_.derive(id, *satisfier.step->cause, satisfier.package);
  }
}

void Propagation::note_conflict(const Incompatibility& incompatibility, PackageId rejected) {
  Conflict conflict{rejected, {}};
  for (const PackageTerm& term : incompatibility.terms) {
    if (term.package != rejected) conflict.causes.push_back(term.package);
  }
  conflicts_.push_back(std::move(conflict));
}

}  // namespace ensure::resolve
