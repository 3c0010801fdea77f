#pragma once

#include <string>
#include <vector>

#include "installer/resolve/problem.h"
#include "installer/resolve/provider.h"
#include "installer/resolve/resolve.h"

namespace ensure::resolve {

/// What can be done where there is no solution, most promising first; at least one.
///
/// To find the requirement or constraint of the user that stands in the way, it solves the problem
/// again with each of those that the proof uses taken out of its bounds.
[[nodiscard]] std::vector<std::string> hints_for(const NoSolution& no_solution,
                                                 const Problem& problem, Provider& provider);

}  // namespace ensure::resolve
