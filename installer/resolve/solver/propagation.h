#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "installer/resolve/solver/incompatibilities.h"
#include "installer/resolve/solver/packages.h"

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

/// A resolved conflict, by which the solver learns which packages cause conflicts.
struct Conflict {
  PackageId rejected = 0;         ///< the package whose step was taken back
  std::vector<PackageId> causes;  ///< the other packages of the learned incompatibility
};

/// PubGrub's unit propagation and conflict resolution: derives terms from the incompatibilities,
/// and learns an incompatibility from every conflict.
class Propagation {
 public:
  Propagation(Incompatibilities& incompatibilities, PartialSolution& solution)
      : incompatibilities_(incompatibilities), solution_(solution) {}

  /// Derives everything that follows from a change of a package. Returns the incompatibility
  /// without terms if there is no solution.
  [[nodiscard]] std::optional<IncompatibilityId> run(PackageId changed);

  /// Removes all steps after a level.
  void backtrack(PartialSolution::Level level);

  /// The conflicts since the last call.
  [[nodiscard]] std::vector<Conflict> take_conflicts() { return std::exchange(conflicts_, {}); }

 private:
  using Level = PartialSolution::Level;

  /// The step that satisfied an incompatibility.
  struct Satisfier {
    PackageId package = 0;
    const PartialSolution::Assignment* step = nullptr;
    Level previous_level = 0;  ///< of the last other step that the incompatibility needs
  };

  /// Examines the incompatibilities of a package; returns one that is satisfied.
  std::optional<IncompatibilityId> visit(PackageId package);
  void derive(PackageId package, IncompatibilityId cause);
  /// Backtracks until a learned incompatibility is almost satisfied, and derives its last term.
  /// Returns the incompatibility without terms if there is no step left to take back.
  std::optional<IncompatibilityId> resolve_conflict(IncompatibilityId satisfied);
  /// Of a satisfied incompatibility with terms.
  [[nodiscard]] Satisfier satisfier_of(const Incompatibility& incompatibility) const;
  void note_conflict(const Incompatibility& learned, PackageId rejected);

  void note_change(PackageId package);
  void forget_changes();
  [[nodiscard]] bool is_contradicted(IncompatibilityId id) const;
  void note_contradicted(IncompatibilityId incompatibility);

  Incompatibilities& incompatibilities_;
  PartialSolution& solution_;
  std::vector<PackageId> changed_;  ///< packages to visit, each once
  std::vector<char> is_changed_;    ///< by package
  std::vector<Conflict> conflicts_;
  std::vector<char> contradicted_;                                   ///< by incompatibility
  std::vector<std::pair<Level, IncompatibilityId>> contradictions_;  ///< oldest first
};

}  // namespace ensure::resolve
