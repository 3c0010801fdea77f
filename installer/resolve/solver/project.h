#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "installer/resolve/problem.h"
#include "installer/resolve/provider.h"
#include "installer/resolve/solver/incompatibilities.h"
#include "installer/specs/versions/version.h"
#include "installer/specs/versions/version_set.h"

namespace ensure::resolve {

/// A version that may be taken.
struct UsableVersion {
  const specs::Version* version = nullptr;
  bool yanked = false;
};

/// How one project is to be treated, from the problem.
struct ProjectRules {
  bool direct_reference = false;
  bool requested = false;       ///< named by a requirement of the user
  bool lowest = false;          ///< the lowest version is the best one
  bool any_prerelease = false;  ///< pre-releases are versions like any other
  bool no_prerelease = false;
  std::vector<const specs::SpecifierSet*> pins;  ///< of the user, that allow a yanked version
  std::optional<specs::Version> preferred;       ///< the installed or locked version
  std::optional<specs::Version> favoured;        ///< tried first if the provider has it
};

/// A version that was chosen.
struct Choice {
  specs::Version version;
  specs::VersionSet alone;           ///< holds it, and no other usable version
  std::optional<std::size_t> place;  ///< among the usable ones, if those are known
  bool yanked = false;
};

/// A project as the solver sees it: the versions that it may take, and which of them is the best.
class Project {
 public:
  explicit Project(ProjectRules rules) : rules_(std::move(rules)) {}
  // The usable versions refer to the rules.
  Project(const Project&) = delete;
  Project& operator=(const Project&) = delete;

  [[nodiscard]] const ProjectRules& rules() const { return rules_; }
  /// Null until `learn`.
  [[nodiscard]] const Candidates* candidates() const { return candidates_; }
  void learn(const Candidates& candidates);

  /// Whether the preferred version is allowed, so that there is no need to know the others.
  [[nodiscard]] bool prefers_one_of(const specs::VersionSet& allowed) const;
  /// The best version; nothing where there is none.
  [[nodiscard]] std::optional<Choice> choose(const specs::VersionSet& allowed) const;
  /// The places of the versions that would be tried after the one at `place`, the next one first.
  [[nodiscard]] std::vector<std::size_t> next_after(std::size_t place,
                                                    const specs::VersionSet& allowed,
                                                    std::size_t count) const;

  /// A set that holds the usable versions from place `first` to `last`, both included, and none of
  /// the others; where the versions between them are not known, nobody can tell it from others.
  [[nodiscard]] specs::VersionSet between(std::size_t first, std::size_t last) const;

  /// The usable versions, newest first.
  [[nodiscard]] const std::vector<UsableVersion>& usable() const { return usable_; }

 private:
  [[nodiscard]] bool may_be_taken(const Candidate& candidate) const;
  void add_preferred();
  /// A place before which no usable version is allowed.
  [[nodiscard]] std::size_t first_possible(const specs::VersionSet& allowed) const;
  template <typename Accept>
  std::optional<std::size_t> find_best(const specs::VersionSet& allowed,
                                       const Accept& accept) const;
  [[nodiscard]] Choice choice_at(std::size_t place) const;

  ProjectRules rules_;
  const Candidates* candidates_ = nullptr;
  std::vector<UsableVersion> usable_;
};

/// Why a candidate is not taken under the rules; nothing where it may be.
[[nodiscard]] std::optional<Unavailable> obstacle_of(const Candidate& candidate,
                                                     const ProjectRules& rules);

}  // namespace ensure::resolve
