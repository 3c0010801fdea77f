#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "installer/resolve/problem.h"
#include "installer/resolve/provider.h"
#include "installer/specs/versions/version.h"
#include "installer/specs/versions/version_set.h"

namespace ensure::resolve {

/// A version that may be chosen.
struct UsableVersion {
  const specs::Version* version = nullptr;
  bool yanked = false;
};

/// The part of the problem that concerns one project.
struct ProjectRules {
  bool direct_reference = false;
  bool requested = false;       ///< named by a requirement of the user
  bool lowest = false;          ///< the lowest version is the best one
  bool any_prerelease = false;  ///< pre-releases are versions like any other
  bool no_prerelease = false;
  std::vector<const specs::SpecifierSet*> pins;  ///< of the user; they allow yanked versions
  std::optional<specs::Version> preferred;       ///< the installed or locked version
  std::optional<specs::Version> favoured;        ///< chosen if the provider has it
};

/// A chosen version.
struct Choice {
  specs::Version version;
  specs::VersionSet alone;           ///< contains it, and no other usable version
  std::optional<std::size_t> place;  ///< index in `Project::usable()`, if known
  bool yanked = false;
};

/// The usable versions of a project, and their order of preference.
class Project {
 public:
  explicit Project(ProjectRules rules) : rules_(std::move(rules)) {}
  // The usable versions refer to the rules.
  Project(const Project&) = delete;
  Project& operator=(const Project&) = delete;

  /// Null until `learn`.
  [[nodiscard]] const Candidates* candidates() const { return candidates_; }
  void learn(const Candidates& candidates);
  /// Why a candidate may not be chosen; nullopt if it may.
  [[nodiscard]] std::optional<Unavailable> unavailable(const Candidate& candidate) const;

  /// Whether the preferred version is allowed, so that the solver need not know the others.
  [[nodiscard]] bool prefers_one_of(const specs::VersionSet& allowed) const;
  /// The best version among those allowed; nullopt if there is none.
  [[nodiscard]] std::optional<Choice> choose(const specs::VersionSet& allowed) const;
  /// The places of the versions that come after the one at `place`, best first.
  [[nodiscard]] std::vector<std::size_t> next_after(std::size_t place,
                                                    const specs::VersionSet& allowed,
                                                    std::size_t count) const;

  /// A set that contains the usable versions from place `first` to `last` inclusive, and no other
  /// usable version. It is as wide as possible, so that sets of neighbours join to one range.
  [[nodiscard]] specs::VersionSet between(std::size_t first, std::size_t last) const;

  /// The usable versions, newest first.
  [[nodiscard]] const std::vector<UsableVersion>& usable() const { return usable_; }

 private:
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

}  // namespace ensure::resolve
