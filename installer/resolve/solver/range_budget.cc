#include "installer/resolve/solver/range_budget.h"

#include "installer/base/error.h"

namespace ensure::resolve {

void RangeBudget::take(std::size_t count) {
  taken_ += count;
  if (taken_ <= most_) return;
  throw base::Error(base::ExitCode::kNoSolution,
                    "the requirements exclude too many versions one by one to be solved")
      .with_hint("bound versions by ranges (`>=1.2`) instead of many exclusions (`!=1.1`)");
}

}  // namespace ensure::resolve
