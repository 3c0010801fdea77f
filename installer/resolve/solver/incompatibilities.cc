#include "installer/resolve/solver/incompatibilities.h"

#include <algorithm>
#include <utility>

#include "installer/base/error.h"

namespace ensure::resolve {

const Term& Incompatibility::term_of(PackageId package) const {
  return std::ranges::find(terms, package, &PackageTerm::package)->term;
}

void RangeBudget::take(std::size_t count) {
  taken_ += count;
  if (taken_ <= most_) return;
  throw base::Error(base::ExitCode::kNoSolution,
                    "the requirements have too many version ranges to be solved")
      .with_hint("bound the versions of the projects that you name more tightly")
      .with_hint("replace long lists of exclusions (`!=1.1,!=1.2`) by ranges (`>=1.3`)");
}

IncompatibilityId Incompatibilities::add(Incompatibility incompatibility) {
  for (const PackageTerm& own : incompatibility.terms) {
    ranges_.take(own.term.versions.range_count());
  }
  incompatibilities_.push_back(std::move(incompatibility));
  watched_.push_back(0);
  return static_cast<IncompatibilityId>(incompatibilities_.size() - 1);
}

void Incompatibilities::watch(IncompatibilityId id) {
  watched_[id] = 1;
  for (const PackageTerm& own : incompatibilities_[id].terms) {
    if (own.package >= watching_.size()) watching_.resize(own.package + 1);
    watching_[own.package].ids.push_back(id);
  }
}

void Incompatibilities::unwatch(IncompatibilityId id) {
  watched_[id] = 0;
  for (const PackageTerm& own : incompatibilities_[id].terms) {
    Watching& watching = watching_[own.package];
    // Erase in batches: a package may be in many incompatibilities, each of which is replaced in
    // turn.
    if (2 * ++watching.stale < watching.ids.size()) continue;
    std::erase_if(watching.ids, [this](IncompatibilityId other) { return !is_watched(other); });
    watching.stale = 0;
  }
}

const std::vector<IncompatibilityId>& Incompatibilities::watching(PackageId package) const {
  static const std::vector<IncompatibilityId> kNone;
  return package < watching_.size() ? watching_[package].ids : kNone;
}

IncompatibilityId Incompatibilities::add_prior_cause(IncompatibilityId left,
                                                     IncompatibilityId right, PackageId pivot) {
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
      if (!term.is_any()) result.terms.push_back({from->package, std::move(term)});
      ++from;
      ++with;
    }
  }
  return add(std::move(result));
}

}  // namespace ensure::resolve
