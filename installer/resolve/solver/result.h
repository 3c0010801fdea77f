#pragma once

#include <optional>
#include <vector>

#include "installer/resolve/problem.h"
#include "installer/resolve/resolve.h"
#include "installer/resolve/solver/expansion.h"
#include "installer/resolve/solver/incompatibilities.h"
#include "installer/resolve/solver/packages.h"
#include "installer/specs/versions/version.h"

namespace ensure::resolve {

/// The resolution from the decisions of the solver (`decisions`, by package): every project that
/// the requirements lead to, with the requirements that led there.
[[nodiscard]] Resolution make_resolution(
    const Problem& problem, Packages& packages, const Expansion& expansion,
    const std::vector<std::optional<specs::Version>>& decisions, const Effort& effort);

/// The proof that ends in an incompatibility without terms, as a value that outlives the solver.
[[nodiscard]] NoSolution make_proof(IncompatibilityId end,
                                    const Incompatibilities& incompatibilities,
                                    const Packages& packages, const Effort& effort);

}  // namespace ensure::resolve
