#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "installer/resolve/solver/incompatibilities.h"
#include "installer/resolve/solver/packages.h"
#include "installer/resolve/solver/partial_solution.h"

namespace ensure::resolve {

/// A conflict that was overcome, for learning which packages are troublesome.
struct Conflict {
  PackageId rejected = 0;         ///< whose step was taken back
  std::vector<PackageId> causes;  ///< the others of the clause learned
};

/// Draws all conclusions from the clauses, and learns a clause from every conflict (PubGrub's unit
/// propagation and conflict resolution).
class Propagation {
 public:
  Propagation(Clauses& clauses, PartialSolution& solution)
      : clauses_(clauses), solution_(solution) {}

  /// Concludes what follows from news about a package. Returns the clause without terms if there is
  /// no solution.
  [[nodiscard]] std::optional<ClauseId> run(PackageId changed);

  /// Takes back all that came after a level.
  void backtrack(PartialSolution::Level level);

  /// The conflicts since the last call.
  [[nodiscard]] std::vector<Conflict> take_conflicts() { return std::exchange(conflicts_, {}); }

 private:
  using Level = PartialSolution::Level;

  /// The step that completed a clause.
  struct Satisfier {
    PackageId package = 0;
    const PartialSolution::Assignment* step = nullptr;
    Level before = 0;  ///< of the last other step that the clause needs
  };

  /// Goes through the clauses about a package; returns one that is violated.
  std::optional<ClauseId> visit(PackageId package);
  void conclude(PackageId package, ClauseId clause);
  /// Takes back steps until a clause that was violated says what to do, and concludes that.
  /// Returns the clause without terms if there is nothing left to take back.
  std::optional<ClauseId> overcome(ClauseId violated);
  /// Of a clause with terms, all of which hold.
  [[nodiscard]] Satisfier satisfier_of(const Clause& clause) const;
  void note_conflict(const Clause& clause, PackageId rejected);

  void note_change(PackageId package);
  void forget_changes();
  [[nodiscard]] bool is_contradicted(ClauseId clause) const;
  void note_contradicted(ClauseId clause);

  Clauses& clauses_;
  PartialSolution& solution_;
  std::vector<PackageId> changed_;  ///< to be visited, each once
  std::vector<char> is_changed_;    ///< by package
  std::vector<Conflict> conflicts_;
  std::vector<char> contradicted_;                          ///< by clause
  std::vector<std::pair<Level, ClauseId>> contradictions_;  ///< by time, to be taken back
};

}  // namespace ensure::resolve
