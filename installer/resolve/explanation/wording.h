#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "installer/resolve/resolve.h"

namespace ensure::resolve {

/// The subject of a clause.
struct Subject {
  std::string text;
  bool is_plural = false;
  bool is_every = false;  ///< all versions of a project
};

/// Puts the steps of a proof into words.
class Wording {
 public:
  explicit Wording(const NoSolution& no_solution) : no_solution_(no_solution) {}

  /// Facts with the same reason, as one clause of a sentence. Those of dependencies are from one
  /// project to one other.
  [[nodiscard]] std::string facts(const std::vector<const ProofStep*>& steps) const;
  /// A derived step as the end of a sentence.
  [[nodiscard]] std::string conclusion(const ProofStep& step) const;

 private:
  /// "`demo` 1.0", "`demo` 1.0 to 2.3", "every version of `demo`", "`demo` >=1.0"; with an extra
  /// `demo[extra]`.
  [[nodiscard]] Subject subject(const ProofTerm& own) const;
  [[nodiscard]] const KnownProject* known(const specs::PackageName& name) const;
  [[nodiscard]] std::string dependency(std::vector<const ProofStep*> steps) const;
  [[nodiscard]] std::string no_version(const ProofTerm& own) const;
  [[nodiscard]] std::string unavailable_versions(const ProofTerm& own,
                                                 const KnownProject& project) const;

  const NoSolution& no_solution_;
};

/// "a", "a and b", "a, b and c".
[[nodiscard]] std::string enumerate(const std::vector<std::string>& parts,
                                    const std::string& last = "and");

[[nodiscard]] std::string quoted(const std::string& text);

}  // namespace ensure::resolve
