#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "installer/resolve/solver/incompatibilities.h"
#include "installer/resolve/solver/packages.h"
#include "installer/resolve/solver/partial_solution.h"

namespace ensure::resolve {

/// A conflict that was resolve_conflict, for learning which packages are troublesome.
struct Conflict {
  PackageId rejected = 0;         ///< whose step was taken back
  std::vector<PackageId> causes;  ///< the others of the incompatibility learned
};

/// Draws all conclusions from the incompatibilities, and learns an incompatibility from every
/// conflict (PubGrub's unit propagation and conflict resolution).
class Propagation {
 public:
  Propagation(Incompatibilities& incompatibilities, PartialSolution& solution)
      : incompatibilities_(incompatibilities), solution_(solution) {}

  /// Concludes what follows from news about a package. Returns the incompatibility without terms if
  /// there is no solution.
  [[nodiscard]] std::optional<IncompatibilityId> run(PackageId changed);

  /// Takes back all that came after a level.
  void backtrack(PartialSolution::Level level);

  /// The conflicts since the last call.
  [[nodiscard]] std::vector<Conflict> take_conflicts() { return std::exchange(conflicts_, {}); }

 private:
  using Level = PartialSolution::Level;

  /// The step that completed an incompatibility.
  struct Satisfier {
    PackageId package = 0;
    const PartialSolution::Assignment* step = nullptr;
    Level before = 0;  ///< of the last other step that the incompatibility needs
  };

  /// Goes through the incompatibilities about a package; returns one that is violated.
  std::optional<IncompatibilityId> visit(PackageId package);
  void derive(PackageId package, IncompatibilityId incompatibility);
  /// Takes back steps until an incompatibility that was violated says what to do, and concludes
  /// that. Returns the incompatibility without terms if there is nothing left to take back.
  std::optional<IncompatibilityId> resolve_conflict(IncompatibilityId violated);
  /// Of an incompatibility with terms, all of which hold.
  [[nodiscard]] Satisfier satisfier_of(const Incompatibility& incompatibility) const;
  void note_conflict(const Incompatibility& incompatibility, PackageId rejected);

  void note_change(PackageId package);
  void forget_changes();
  [[nodiscard]] bool is_contradicted(IncompatibilityId incompatibility) const;
  void note_contradicted(IncompatibilityId incompatibility);

  Incompatibilities& incompatibilities_;
  PartialSolution& solution_;
  std::vector<PackageId> changed_;  ///< to be visited, each once
  std::vector<char> is_changed_;    ///< by package
  std::vector<Conflict> conflicts_;
  std::vector<char> contradicted_;                                   ///< by incompatibility
  std::vector<std::pair<Level, IncompatibilityId>> contradictions_;  ///< by time, to be taken back
};

}  // namespace ensure::resolve
