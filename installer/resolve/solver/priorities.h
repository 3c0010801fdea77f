#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "installer/resolve/solver/packages.h"
#include "installer/resolve/solver/partial_solution.h"
#include "installer/resolve/solver/propagation.h"

namespace ensure::resolve {

/// Which project is decided on next: those with one version only, then those that were rejected or
/// got others rejected time and again, then in the order in which they were met, which is breadth
/// first and so puts what the user named before what that depends on.
class Priorities {
 public:
  /// Marks a project that a requirement bound to one version.
  void note_pin(PackageId project);
  /// Counts a conflict. Returns whether the order changed so much that decisions should be made
  /// anew.
  bool note_conflict(const Conflict& conflict, const Packages& packages);

  /// The next project that has to be in the solution and is not decided; nothing at the end.
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
