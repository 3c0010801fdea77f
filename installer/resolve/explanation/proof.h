#pragma once

#include "installer/resolve/resolve.h"
#include "installer/resolve/solver/incompatibilities.h"
#include "installer/resolve/solver/packages.h"
#include "installer/resolve/solver/projects.h"

namespace ensure::resolve {

/// The proof that ends in an incompatibility without terms, as a value that outlives the solver.
[[nodiscard]] NoSolution prove(IncompatibilityId end, const Incompatibilities& incompatibilities,
                               const Packages& packages, Projects& projects, const Effort& effort);

}  // namespace ensure::resolve
