#include "installer/resolve/solver/propagation.h"

#include <algorithm>
#include <ranges>
#include <utility>

namespace ensure::resolve {

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
