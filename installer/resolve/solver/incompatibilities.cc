#include "installer/resolve/solver/incompatibilities.h"

#include <algorithm>
#include <utility>

namespace ensure::resolve {

const PackageTerm* Incompatibility::find(PackageId package) const {
  for (const PackageTerm& term : terms) {
    if (term.package == package) return &term;
  }
  return nullptr;
}

IncompatibilityId Incompatibilities::add(Incompatibility incompatibility) {
  for (const PackageTerm& term : incompatibility.terms)
    ranges_.take(term.term.versions.range_count());
  incompatibilities_.push_back(std::move(incompatibility));
  watched_.push_back(0);
  return static_cast<IncompatibilityId>(incompatibilities_.size() - 1);
}

void Incompatibilities::watch(IncompatibilityId id) {
  watched_[id] = 1;
  for (const PackageTerm& term : incompatibilities_[id].terms) {
    if (term.package >= watching_.size()) watching_.resize(term.package + 1);
    watching_[term.package].incompatibilities.push_back(id);
  }
}

void Incompatibilities::unwatch(IncompatibilityId id) {
  watched_[id] = 0;
  for (const PackageTerm& term : incompatibilities_[id].terms) {
    Watching& watching = watching_[term.package];
    // Erase in batches: a package may be in many incompatibilities, each of which is replaced in
    // turn.
    if (2 * ++watching.stale < watching.incompatibilities.size()) continue;
    std::erase_if(watching.incompatibilities, [this](IncompatibilityId incompatibility) {
      return !is_watched(incompatibility);
    });
    watching.stale = 0;
  }
}

const std::vector<IncompatibilityId>& Incompatibilities::watching(PackageId package) const {
  static const std::vector<IncompatibilityId> kNone;
  return package < watching_.size() ? watching_[package].incompatibilities : kNone;
}

IncompatibilityId Incompatibilities::derive(IncompatibilityId left, IncompatibilityId right,
                                            PackageId pivot) {
  Incompatibility result{{}, Derived{left, right}};
  const std::vector<PackageTerm>& one = incompatibilities_[left].terms;
  const std::vector<PackageTerm>& other = incompatibilities_[right].terms;
  auto from = one.begin();
  auto with = other.begin();
  while (from != one.end() || with != other.end()) {
    if (with == other.end() || (from != one.end() && from->package < with->package)) {
      result.terms.push_back(*from++);
    } else if (from == one.end() || with->package < from->package) {
      result.terms.push_back(*with++);
    } else {
      Term term = from->package == pivot ? from->term.union_with(with->term)
                                         : from->term.intersection(with->term);
      if (!term.is_anything()) result.terms.push_back({from->package, std::move(term)});
      ++from;
      ++with;
    }
  }
  return add(std::move(result));
}

}  // namespace ensure::resolve
