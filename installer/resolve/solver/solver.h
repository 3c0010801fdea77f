#pragma once

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
#include "installer/resolve/solver/propagation.h"

namespace ensure::resolve {

/// One run of the PubGrub algorithm: propagate, choose a project, choose a version of it, repeat.
class Solver {
 public:
  Solver(const Problem& problem, Provider& provider);

  SolveResult run();

 private:
  void add_user_incompatibilities();
  void add_user_requirement(const specs::Requirement& requirement);
  void add_user_constraint(const specs::Requirement& constraint);
  void add_staying(const StayingProject& staying);
  void add_watched(Incompatibility incompatibility);

  /// Derives everything that follows. Returns the incompatibility without terms if there is no
  /// solution.
  std::optional<IncompatibilityId> propagate(PackageId changed);
  std::optional<IncompatibilityId> propagate_all();
  /// Decides on a version of a project, or adds an incompatibility that says why it cannot.
  void advance(PackageId package);
  void decide(PackageId package, const Choice& choice);
  void ask_for_candidates(PackageId package);
  /// Adds the dependencies of a version. Returns false if the decisions so far exclude it.
  bool expand(PackageId package, const Choice& choice);
  /// Counts a version that was not even tried, because `violated` excludes it.
  void note_rejection(PackageId package, const Incompatibility& violated);
  void add_unavailable(PackageId package, const Choice& choice, Unavailable unavailable);
  /// Why the metadata of a version exclude it; nullopt if they do not.
  [[nodiscard]] std::optional<Unavailable> unavailable_by(const Metadata& metadata) const;

  const Problem& problem_;
  Provider& provider_;
  Packages packages_;
  Incompatibilities incompatibilities_;
  PartialSolution solution_;
  Propagation propagation_;
  Expansion expansion_;
  Priorities priorities_;
  Prefetcher prefetcher_;
  std::deque<Unavailable> unavailable_;  ///< by their metadata; incompatibilities refer to them
  std::vector<std::optional<specs::Version>> decisions_;  ///< by package; the last on each
  std::vector<Conflict> rejections_;  ///< since the priorities were last updated
  std::vector<PackageId> new_;        ///< projects since the provider was last told
  Effort effort_;
};

}  // namespace ensure::resolve
