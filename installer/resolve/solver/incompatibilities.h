#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "installer/resolve/problem.h"
#include "installer/resolve/provider.h"
#include "installer/resolve/solver/packages.h"
#include "installer/resolve/solver/range_budget.h"
#include "installer/resolve/solver/term.h"
#include "installer/specs/requirements/requirement.h"

namespace ensure::resolve {

using ClauseId = std::uint32_t;

/// One package of a clause, and what of it is meant.
struct Term {
  PackageId package = 0;
  Allowed allowed;
};

/// Where a clause comes from. The first ones are facts, the last is what follows from two clauses.
struct UserRequirement {
  const specs::Requirement* requirement = nullptr;
};
struct UserConstraint {
  const specs::Requirement* requirement = nullptr;
};
/// An installed project that stays has exactly its version.
struct StayingVersion {
  const StayingProject* project = nullptr;
};
struct StayingRequirement {
  const StayingProject* project = nullptr;
  const specs::Requirement* requirement = nullptr;
};
struct DependencyOf {
  PackageId package = 0;  ///< the project, or the extra of it that brings the requirement
  const specs::Requirement* requirement = nullptr;
};
struct NoVersion {};
struct AbsentProject {};
struct UnusableVersion {
  const Unavailable* unavailable = nullptr;
};
struct Derived {
  ClauseId left = 0;
  ClauseId right = 0;
};
using Origins = std::variant<UserRequirement, UserConstraint, StayingVersion, StayingRequirement,
                             DependencyOf, NoVersion, AbsentProject, UnusableVersion, Derived>;

/// An incompatibility in the words of PubGrub: its terms cannot all hold.
struct Clause {
  std::vector<Term> terms;  ///< by package, each once
  Origins origin;

  [[nodiscard]] const Term* find(PackageId package) const;
};

/// All clauses, and which of them matter to a package.
class Clauses {
 public:
  /// Adds a clause without watching it. Throws `base::Error` (no solution) if the sets of versions
  /// in all clauses become too large.
  ClauseId add(Clause clause);
  /// From now on the clause counts.
  void watch(ClauseId id);
  /// The clause no longer counts, because another one implies it. `watching` may list it for a
  /// while.
  void unwatch(ClauseId id);
  [[nodiscard]] bool is_watched(ClauseId id) const { return watched_[id] != 0; }

  /// What follows from two clauses, by resolution over a package. It is not watched yet.
  ClauseId derive(ClauseId left, ClauseId right, PackageId pivot);

  [[nodiscard]] const Clause& operator[](ClauseId id) const { return clauses_[id]; }
  [[nodiscard]] std::size_t size() const { return clauses_.size(); }
  /// The clauses with the package, in the order in which they were watched. Some may no longer
  /// count.
  [[nodiscard]] const std::vector<ClauseId>& watching(PackageId package) const;

 private:
  /// The clauses that a package matters to.
  struct Watching {
    std::vector<ClauseId> clauses;
    std::size_t stale = 0;  ///< the number of them that no longer count
  };

  std::vector<Clause> clauses_;
  std::vector<char> watched_;       ///< by clause
  RangeBudget ranges_{8'000'000};   ///< of the sets in all clauses: less than a gigabyte
  std::vector<Watching> watching_;  ///< by package
};

}  // namespace ensure::resolve
