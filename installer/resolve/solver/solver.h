#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "installer/resolve/problem.h"
#include "installer/resolve/provider.h"
#include "installer/resolve/resolve.h"
#include "installer/resolve/solver/expansion.h"
#include "installer/resolve/solver/incompatibilities.h"
#include "installer/resolve/solver/packages.h"
#include "installer/resolve/solver/partial_solution.h"
#include "installer/resolve/solver/prefetcher.h"
#include "installer/resolve/solver/priorities.h"
#include "installer/resolve/solver/projects.h"
#include "installer/resolve/solver/propagation.h"

namespace ensure::resolve {

/// One run of the PubGrub algorithm: derive, choose a project, choose a version of it, and so on.
class Solver {
 public:
  Solver(const Problem& problem, Provider& provider);

  SolveResult run();

 private:
  void add_user_incompatibilities();
  void add_user_requirement(const specs::Requirement& requirement);
  void add_user_constraint(const specs::Requirement& constraint);
  void add_staying(const StayingProject& staying);
  IncompatibilityId add_watched(Incompatibility incompatibility);

  /// Concludes all that there is to derive. Returns the incompatibility without terms if that is
  /// the end.
  std::optional<IncompatibilityId> propagate(PackageId changed);
  std::optional<IncompatibilityId> propagate_all();
  /// Takes the next step with a project: a decision, or an incompatibility that says why there is
  /// none.
  void advance(PackageId package);
  void decide(PackageId package, const Choice& choice);
  void ask_for_candidates(PackageId package);
  /// Reads what a version depends on. False where it cannot be taken now.
  bool expand(PackageId package, const Choice& choice);
  /// Notes that a version was not even tried, as an incompatibility about it is violated by what
  /// was decided.
  void note_rejection(PackageId package, const Incompatibility& incompatibility);
  void refuse(PackageId package, const Choice& choice, const Unavailable& unavailable);
  [[nodiscard]] std::optional<Unavailable> obstacle_in(const Metadata& metadata) const;

  Project& project(PackageId package) { return projects_.at(package, packages_[package].name); }

  const Problem& problem_;
  Provider& provider_;
  Packages packages_;
  Projects projects_;
  Incompatibilities incompatibilities_;
  PartialSolution solution_;
  Propagation propagation_;
  Expansion expansion_;
  Priorities priorities_;
  Prefetcher prefetcher_;
  std::deque<Unavailable> obstacles_;  ///< that metadata told; incompatibilities refer to them
  std::vector<std::optional<specs::Version>> chosen_;  ///< by package; of the last decision on it
  std::vector<Conflict> rejections_;                   ///< since the order was last looked at
  std::vector<PackageId> met_;  ///< projects met since the provider was last told
  Effort effort_;
};

}  // namespace ensure::resolve
