#include "installer/resolve/solver/priorities.h"

#include <utility>

namespace ensure::resolve {
namespace {

/// A project with as many conflicts should be decided on earlier.
constexpr std::uint32_t kThreshold = 5;

}  // namespace

Priorities::Record& Priorities::record(PackageId project) {
  if (project >= records_.size()) records_.resize(project + 1);
  return records_[project];
}

void Priorities::note_pin(PackageId project) { record(project).pinned = true; }

bool Priorities::note_conflict(const Conflict& conflict, const Packages& packages) {
  bool changed = false;
  const PackageId rejected = packages[conflict.rejected].project;
  if (++record(rejected).rejections == kThreshold) {
    record(rejected).rank = Rank::kRejected;
    changed = true;
  }
  for (const PackageId cause : conflict.causes) {
    const PackageId culprit = packages[cause].project;
    if (culprit == rejected) continue;
    Record& blamed = record(culprit);
    if (++blamed.blames == kThreshold && blamed.rank == Rank::kPlain) {
      blamed.rank = Rank::kCulprit;
      changed = true;
    }
  }
  return changed;
}

std::optional<PackageId> Priorities::next(const PartialSolution& solution,
                                          const Packages& packages) const {
  static const Record kNew;
  std::optional<PackageId> best;
  std::pair<bool, Rank> best_rank;
  for (PackageId id = 0; id < packages.size(); ++id) {
    if (!packages.is_project(id) || solution.is_decided(id) || !solution.is_needed(id)) continue;
    const Record& own = id < records_.size() ? records_[id] : kNew;
    const std::pair<bool, Rank> rank(own.pinned, own.rank);
    if (best && rank <= best_rank) continue;
    best = id;
    best_rank = rank;
  }
  return best;
}

}  // namespace ensure::resolve
