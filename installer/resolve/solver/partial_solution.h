#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "installer/resolve/solver/incompatibilities.h"
#include "installer/resolve/solver/packages.h"
#include "installer/resolve/solver/term.h"

namespace ensure::resolve {

/// The relation of an incompatibility to a partial solution.
struct Relation {
  enum class Kind : std::uint8_t {
    kSatisfied,        ///< all its terms hold: a conflict
    kAlmostSatisfied,  ///< all but one hold, so that one must not
    kContradicted,     ///< one can no longer hold
    kInconclusive,
  };
  Kind kind = Kind::kInconclusive;
  PackageId package = 0;  ///< of the term that does not hold
};

/// The decisions and the derivations from them, in order of time. Levels count the decisions.
class PartialSolution {
 public:
  using Level = std::uint32_t;

  /// One step, with the term that holds for its package from then on.
  struct Assignment {
    std::size_t time = 0;
    Level level = 0;
    std::optional<IncompatibilityId> cause;  ///< nullopt for a decision
    Term term;
  };

  [[nodiscard]] Level level() const { return level_; }
  /// The term that holds for a package; null if no step concerned it yet.
  [[nodiscard]] const Term* term(PackageId package) const;
  [[nodiscard]] bool is_decided(PackageId package) const;
  /// Whether the package has to be in the solution.
  [[nodiscard]] bool is_needed(PackageId package) const;

  [[nodiscard]] Relation relation(const Incompatibility& incompatibility) const;
  /// Whether all terms but that of `package` hold.
  [[nodiscard]] bool satisfies_all_but(const Incompatibility& incompatibility,
                                       PackageId package) const;

  /// Decides on a project; `term` holds one usable version only.
  void decide(PackageId package, Term term);
  /// Adds the term that an incompatibility, whose other terms hold, implies for a package. Throws
  /// `base::Error` (no solution) if the sets of versions in the histories become too large.
  void derive(PackageId package, const Incompatibility& incompatibility, IncompatibilityId cause);
  /// Removes all steps after a level.
  void backtrack(Level level);

  /// The first step of a package that made its term a subset of `bound`. There has to be one.
  [[nodiscard]] const Assignment& satisfier(PackageId package, const Term& bound) const;

 private:
  struct State {
    std::vector<Assignment> history;
    bool decided = false;
  };

  void append(PackageId package, std::optional<IncompatibilityId> cause, Term term);

  std::vector<State> states_;
  std::vector<PackageId> trail_;   ///< the package of each step, oldest first
  RangeBudget ranges_{2'000'000};  ///< of the sets in the histories: about 200 MB
  Level level_ = 0;
};

}  // namespace ensure::resolve
