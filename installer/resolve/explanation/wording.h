#pragma once

#include <string>
#include <vector>

#include "installer/resolve/resolve.h"

namespace ensure::resolve {

/// Who or what a sentence is about.
struct Subject {
  std::string text;
  bool plural = false;
  bool every = false;  ///< all versions of a project
};

/// Puts the parts of a proof into words.
class Wording {
 public:
  explicit Wording(const NoSolution& no_solution) : no_solution_(no_solution) {}

  /// "`demo` 1.0", "`demo` 1.0 to 2.3", "every version of `demo`", "`demo` >=1.0"; an extra goes
  /// with the name.
  [[nodiscard]] Subject subject(const ProofTerm& term) const;
  /// Facts of one kind, those of dependencies from one project to one other, as one clause of a
  /// sentence.
  [[nodiscard]] std::string facts(const std::vector<const ProofStep*>& steps) const;
  /// What a derived step says, as the end of a sentence.
  [[nodiscard]] std::string conclusion(const ProofStep& step) const;

 private:
  [[nodiscard]] const KnownProject* known(const specs::PackageName& name) const;
  /// The place of the newest version that is meant among those known.
  [[nodiscard]] std::size_t newest_of(const ProofTerm& term) const;
  /// The installed project that a step is about, with its version.
  [[nodiscard]] static std::string staying(const ProofStep& step);
  [[nodiscard]] std::string dependency(std::vector<const ProofStep*> steps) const;
  /// Whether any requirement on the way names a URL for the project.
  [[nodiscard]] bool has_address(const specs::PackageName& name) const;
  [[nodiscard]] std::string no_version(const ProofTerm& term) const;
  [[nodiscard]] std::string obstacles(const ProofTerm& term, const KnownProject& project) const;
  [[nodiscard]] std::string unusable(const std::vector<const ProofStep*>& steps) const;

  const NoSolution& no_solution_;
};

/// "a", "a and b", "a, b and c".
[[nodiscard]] std::string enumerate(const std::vector<std::string>& parts,
                                    const std::string& last = "and");

}  // namespace ensure::resolve
