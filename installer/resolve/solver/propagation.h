#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "installer/resolve/solver/incompatibilities.h"
#include "installer/resolve/solver/packages.h"
#include "installer/resolve/solver/partial_solution.h"

namespace ensure::resolve {

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
