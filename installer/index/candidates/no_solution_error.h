#pragma once

#include "installer/base/error.h"
#include "installer/index/settings.h"
#include "installer/resolve/problem.h"
#include "installer/resolve/provider.h"
#include "installer/resolve/resolve.h"

namespace ensure::index {

/// The error (`kNoSolution`) for a problem without a solution: the chain of reasons, and what can
/// be done.
[[nodiscard]] base::Error no_solution_error(const resolve::NoSolution& outcome,
                                            const resolve::Problem& problem,
                                            resolve::Provider& provider,
                                            const IndexSettings& settings);

}  // namespace ensure::index
