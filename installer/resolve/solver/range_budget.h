#pragma once

#include <cstddef>

namespace ensure::resolve {

/// Limits the total number of ranges in the sets of versions of a part of the solver.
///
/// Requirements that exclude versions one by one make sets of as many ranges, and each step and
/// each incompatibility keeps sets of its own: without a limit, the memory would grow with the
/// square of their number.
class RangeBudget {
 public:
  explicit RangeBudget(std::size_t most) : most_(most) {}

  /// Counts `count` more ranges. Throws `base::Error` (no solution) if the limit is exceeded.
  void take(std::size_t count);
  void give_back(std::size_t count) { taken_ -= count; }

 private:
  std::size_t most_;
  std::size_t taken_ = 0;
};

}  // namespace ensure::resolve
