#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "installer/resolve/solver/packages.h"
#include "installer/resolve/solver/partial_solution.h"
#include "installer/resolve/solver/propagation.h"

namespace ensure::resolve {

/// The order of decisions: first projects that are pinned to one version, then those that were
/// rejected or caused rejections many times, then in the order in which the solver met them, which
/// is breadth first and so puts what the user named before its dependencies.
class Priorities {
 public:
  /// Marks a project that a requirement pins to one version.
  void note_pin(PackageId project);
  /// Counts a conflict. Returns whether the order changed, so that the solver should start anew.
  bool note_conflict(const Conflict& conflict, const Packages& packages);

  /// The next undecided project that the solution needs; nullopt if there is none.
  [[nodiscard]] std::optional<PackageId> next(const PartialSolution& solution,
                                              const Packages& packages) const;

 private:
  enum class Rank : std::uint8_t { kPlain, kCulprit, kRejected };
  struct Record {
    bool pinned = false;
    Rank rank = Rank::kPlain;
    std::uint32_t rejections = 0;
    std::uint32_t blames = 0;
  };

  Record& record(PackageId project);

  std::vector<Record> records_;  ///< by project
};

}  // namespace ensure::resolve
