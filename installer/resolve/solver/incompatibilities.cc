#include "installer/resolve/solver/incompatibilities.h"

#include <algorithm>
#include <utility>

namespace ensure::resolve {

const Term* Clause::find(PackageId package) const {
  for (const Term& term : terms) {
    if (term.package == package) return &term;
  }
  return nullptr;
}

ClauseId Clauses::add(Clause clause) {
  for (const Term& term : clause.terms) ranges_.take(term.allowed.versions.range_count());
  clauses_.push_back(std::move(clause));
  watched_.push_back(0);
  return static_cast<ClauseId>(clauses_.size() - 1);
}

void Clauses::watch(ClauseId id) {
  watched_[id] = 1;
  for (const Term& term : clauses_[id].terms) {
    if (term.package >= watching_.size()) watching_.resize(term.package + 1);
    watching_[term.package].clauses.push_back(id);
  }
}

void Clauses::unwatch(ClauseId id) {
  watched_[id] = 0;
  for (const Term& term : clauses_[id].terms) {
    Watching& watching = watching_[term.package];
    // Erase in batches: a package may be in many clauses, each of which is replaced in turn.
    if (2 * ++watching.stale < watching.clauses.size()) continue;
    std::erase_if(watching.clauses, [this](ClauseId clause) { return !is_watched(clause); });
    watching.stale = 0;
  }
}

const std::vector<ClauseId>& Clauses::watching(PackageId package) const {
  static const std::vector<ClauseId> kNone;
  return package < watching_.size() ? watching_[package].clauses : kNone;
}

ClauseId Clauses::derive(ClauseId left, ClauseId right, PackageId pivot) {
  Clause result{{}, Derived{left, right}};
  const std::vector<Term>& one = clauses_[left].terms;
  const std::vector<Term>& other = clauses_[right].terms;
  auto from = one.begin();
  auto with = other.begin();
  while (from != one.end() || with != other.end()) {
    if (with == other.end() || (from != one.end() && from->package < with->package)) {
      result.terms.push_back(*from++);
    } else if (from == one.end() || with->package < from->package) {
      result.terms.push_back(*with++);
    } else {
      Allowed allowed = from->package == pivot ? from->allowed.union_with(with->allowed)
                                               : from->allowed.intersection(with->allowed);
      if (!allowed.is_anything()) result.terms.push_back({from->package, std::move(allowed)});
      ++from;
      ++with;
    }
  }
  return add(std::move(result));
}

}  // namespace ensure::resolve
