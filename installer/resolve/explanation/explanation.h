#pragma once

#include <string>
#include <vector>

#include "installer/resolve/problem.h"
#include "installer/resolve/provider.h"
#include "installer/resolve/resolve.h"

namespace ensure::resolve {

/// An explanation for people.
struct Explanation {
  /// Sentences without line breaks, with full stops. Each follows from those before it.
  std::vector<std::string> sentences;
  /// Hints for the user, most promising first, in the style of `base::Error`; at least one.
  std::vector<std::string> hints;
};

/// Explains a proof that there is no solution.
[[nodiscard]] Explanation explain(const NoSolution& no_solution, const Problem& problem,
                                  Provider& provider);

/// The hints of an explanation. Solves the problem again with changes of single requirements and
/// constraints to find one that helps, and so asks the provider for more.
[[nodiscard]] std::vector<std::string> hints_for(const NoSolution& no_solution,
                                                 const Problem& problem, Provider& provider);

}  // namespace ensure::resolve
