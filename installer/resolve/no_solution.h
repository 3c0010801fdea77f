#pragma once

#include <memory>
#include <string>
#include <vector>

#include "installer/resolve/resolution.h"

namespace ensure::resolve {

struct Derivation;

/// Why there is no solution.
struct NoSolution {
  /// The last step of the proof.
  std::shared_ptr<const Derivation> derivation;
  Effort effort;
};

/// An explanation for people.
struct Explanation {
  /// Sentences without a line break, each with its full stop; each follows from those before.
  std::vector<std::string> sentences;
  /// What can be done, most promising first, in the style of `base::Error`; at least one.
  std::vector<std::string> hints;
};

}  // namespace ensure::resolve
