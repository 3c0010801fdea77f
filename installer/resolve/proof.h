#pragma once

#include "installer/resolve/clauses.h"
#include "installer/resolve/no_solution.h"
#include "installer/resolve/packages.h"
#include "installer/resolve/projects.h"

namespace ensure::resolve {

/// The proof that ends in a clause without terms, as a value that outlives the solver.
[[nodiscard]] NoSolution prove(ClauseId end, const Clauses& clauses, const Packages& packages,
                               Projects& projects, const Effort& effort);

}  // namespace ensure::resolve
