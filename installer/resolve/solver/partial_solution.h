#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "installer/resolve/solver/incompatibilities.h"
#include "installer/resolve/solver/packages.h"
#include "installer/resolve/solver/range_budget.h"
#include "installer/resolve/solver/term.h"

namespace ensure::resolve {

/// How an incompatibility stands to a partial solution.
struct Relation {
  enum class Kind : std::uint8_t {
    kSatisfied,        ///< all its terms hold: a conflict
    kAlmostSatisfied,  ///< all but one hold, so that one must not
    kContradicted,     ///< one cannot hold any more
    kInconclusive,
  };
  Kind kind = Kind::kInconclusive;
  PackageId package = 0;  ///< whose term is the open one
};

/// What was decided and what follows from it, in order of time ("levels" count the decisions).
class PartialSolution {
 public:
  using Level = std::uint32_t;

  /// One step: what is allowed of its package from then on.
  struct Assignment {
    std::size_t time = 0;
    Level level = 0;
    std::optional<IncompatibilityId> cause;  ///< nothing for a decision
    Term term;
  };

  [[nodiscard]] Level level() const { return level_; }
  /// What is allowed of a package; null where nothing was said of it yet.
  [[nodiscard]] const Term* term(PackageId package) const;
  [[nodiscard]] bool is_decided(PackageId package) const;
  /// Whether the package has to be in the solution.
  [[nodiscard]] bool is_needed(PackageId package) const;

  [[nodiscard]] Relation relation(const Incompatibility& incompatibility) const;
  /// Whether all terms but that of `package` hold.
  [[nodiscard]] bool satisfies_all_but(const Incompatibility& incompatibility,
                                       PackageId package) const;

  /// Takes a project in one version; `allowed` holds that version and none beside it.
  void decide(PackageId package, Term term);
  /// Notes the term that an incompatibility, whose other terms hold, implies for a package. Throws
  /// `base::Error` (no solution) if the sets of versions in the histories become too large.
  void derive(PackageId package, const Incompatibility& incompatibility, IncompatibilityId cause);
  /// Takes back all that came after a level.
  void backtrack(Level level);

  /// The first step of a package after which no more than `bound` was allowed. There has to be one.
  [[nodiscard]] const Assignment& satisfier(PackageId package, const Term& bound) const;

 private:
  struct State {
    std::vector<Assignment> history;
    bool decided = false;
  };

  State& state(PackageId package);
  void append(PackageId package, std::optional<IncompatibilityId> cause, Term term);

  std::vector<State> states_;
  std::vector<PackageId> trail_;   ///< the package of each step, oldest first
  RangeBudget ranges_{2'000'000};  ///< of the sets in the histories: about 200 MB
  Level level_ = 0;
};

}  // namespace ensure::resolve
