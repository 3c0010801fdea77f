#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "installer/resolve/problem.h"
#include "installer/resolve/resolve.h"
#include "installer/resolve/solver/packages.h"
#include "installer/specs/requirements/requirement.h"

namespace ensure::resolve {

using IncompatibilityId = std::uint32_t;

struct PackageTerm {
  PackageId package = 0;
  Term term;
};

/// Where an incompatibility comes from. What it refers to outlives the solver.
struct IncompatibilityOrigin {
  ProofStep::Reason reason = ProofStep::Reason::kDerived;
  const specs::Requirement* requirement = nullptr;
  const StayingProject* staying = nullptr;
  const Unavailable* unavailable = nullptr;
  PackageId dependent = 0;     ///< of a dependency: the project, or the extra that adds it
  IncompatibilityId left = 0;  ///< the two that a derived one follows from
  IncompatibilityId right = 0;
};

/// A set of terms that cannot all hold.
struct Incompatibility {
  std::vector<PackageTerm> terms;  ///< by package, each once
  IncompatibilityOrigin origin;

  /// The term of a package that has one.
  [[nodiscard]] const Term& term_of(PackageId package) const;
};

/// Limits the total number of ranges in the sets of versions of a part of the solver.
///
/// A requirement that excludes versions one by one has a set of as many ranges, and each step and
/// each incompatibility keeps sets of its own: without a limit, the memory would grow with the
/// square of their number.
class RangeBudget {
 public:
  explicit RangeBudget(std::size_t most) : most_(most) {}

  /// Counts `count` more ranges. Throws `base::Error` (no solution) beyond the limit.
  void take(std::size_t count);
  void give_back(std::size_t count) { taken_ -= count; }

 private:
  std::size_t most_;
  std::size_t taken_ = 0;
};

/// All incompatibilities, indexed by package.
class Incompatibilities {
 public:
  /// Adds an incompatibility without watching it. Throws `base::Error` (no solution) if the sets of
  /// versions in all incompatibilities become too large.
  IncompatibilityId add(Incompatibility incompatibility);
  /// From now on, propagation considers the incompatibility.
  void watch(IncompatibilityId id);
  /// Propagation ignores the incompatibility, because another one implies it. `watching` may still
  /// list it for a while.
  void unwatch(IncompatibilityId id);
  [[nodiscard]] bool is_watched(IncompatibilityId id) const { return watched_[id] != 0; }

  /// Adds the resolvent of two incompatibilities over a package ("prior cause" in PubGrub) without
  /// watching it.
  IncompatibilityId add_prior_cause(IncompatibilityId left, IncompatibilityId right,
                                    PackageId pivot);

  [[nodiscard]] const Incompatibility& operator[](IncompatibilityId id) const {
    return incompatibilities_[id];
  }
  [[nodiscard]] std::size_t size() const { return incompatibilities_.size(); }
  /// The incompatibilities with a term of the package, in the order in which they were watched.
  /// Some may no longer be watched.
  [[nodiscard]] const std::vector<IncompatibilityId>& watching(PackageId package) const;

 private:
  struct Watching {
    std::vector<IncompatibilityId> ids;
    std::size_t stale = 0;  ///< the number of them that are no longer watched
  };

  std::vector<Incompatibility> incompatibilities_;
  std::vector<char> watched_;       ///< by incompatibility
  RangeBudget ranges_{8'000'000};   ///< of the sets in all incompatibilities: less than a gigabyte
  std::vector<Watching> watching_;  ///< by package
};

}  // namespace ensure::resolve
