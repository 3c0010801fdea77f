#pragma once

#include <variant>

#include "installer/resolve/no_solution.h"
#include "installer/resolve/problem.h"
#include "installer/resolve/provider.h"
#include "installer/resolve/resolution.h"

namespace ensure::resolve {

using SolveResult = std::variant<Resolution, NoSolution>;

/// Chooses a version of every project that the requirements need, with the PubGrub algorithm: the
/// same for the same answers of the provider, whatever their timing. Every chosen version is the
/// best that the problem's strategy finds for the decisions before it.
///
/// Throws `base::Error` with the exit code for no solution where the limit of decisions is reached,
/// and passes on what the provider throws.
[[nodiscard]] SolveResult resolve(const Problem& problem, Provider& provider);

}  // namespace ensure::resolve
