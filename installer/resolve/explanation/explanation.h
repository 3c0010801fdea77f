#pragma once

#include <string>
#include <vector>

#include "installer/resolve/problem.h"
#include "installer/resolve/provider.h"
#include "installer/resolve/resolve.h"

namespace ensure::resolve {

/// An explanation for people.
struct Explanation {
  /// Sentences without a line break, each with its full stop; each follows from those before.
  std::vector<std::string> sentences;
  /// What can be done, most promising first, in the style of `base::Error`; at least one.
  std::vector<std::string> hints;
};

/// Words a proof that there is no solution as sentences, each following from those before, and ends
/// it with what can be done.
///
/// To find the one requirement or constraint of the user without which there is a solution, it
/// solves the problem again without each of those that the proof uses, and so asks the provider for
/// more.
[[nodiscard]] Explanation explain(const NoSolution& no_solution, const Problem& problem,
                                  Provider& provider);

}  // namespace ensure::resolve
