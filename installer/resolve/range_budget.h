#pragma once

#include <cstddef>

namespace ensure::resolve {

/// How many ranges the sets of versions of a part of the solver may consist of together.
///
/// Requirements that exclude versions one by one make sets as large as the requirements are many,
/// and each step and each clause keeps sets of its own: without a bound, the memory would grow with
/// the square of their number.
class RangeBudget {
 public:
  explicit RangeBudget(std::size_t most) : most_(most) {}

  /// Throws `base::Error` (no solution) where that is more than there may be.
  void take(std::size_t count);
  void give_back(std::size_t count) { taken_ -= count; }

 private:
  std::size_t most_;
  std::size_t taken_ = 0;
};

}  // namespace ensure::resolve
