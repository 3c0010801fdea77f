#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "installer/resolve/problem.h"
#include "installer/resolve/provider.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/requirements/requirement.h"
#include "installer/specs/versions/version.h"
#include "installer/specs/versions/version_set.h"

namespace ensure::resolve {

/// A version that may be chosen.
struct UsableVersion {
  const specs::Version* version = nullptr;
  bool yanked = false;
  std::size_t rank = 0;  ///< see `Candidate`
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
  /// The best version among those allowed; nullopt if there is none. Before `learn`, the preferred
  /// version has to be one of them.
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
  /// A place before which no usable version is allowed.
  [[nodiscard]] std::size_t first_possible(const specs::VersionSet& allowed) const;
  template <typename Accept>
  std::optional<std::size_t> find_best(const specs::VersionSet& allowed,
                                       const Accept& accept) const;

  ProjectRules rules_;
  const Candidates* candidates_ = nullptr;
  std::vector<UsableVersion> usable_;
};

/// A small number for a package, given in the order in which the solver meets packages.
using PackageId = std::uint32_t;

/// The solver decides on packages: a project, or an extra of a project.
///
/// An extra is a package without versions: it is part of the solution or not. Incompatibilities
/// with three terms express its dependencies: project in a version, extra, dependency.
struct Package {
  specs::PackageName name;                  ///< of the project
  PackageId project;                        ///< itself, unless it is an extra
  std::optional<specs::PackageName> extra;  ///< nullopt for a project
};

/// All packages that the solver has met, each once.
class Packages {
 public:
  /// The problem must outlive this.
  explicit Packages(const Problem& problem);

  PackageId id_of(const specs::PackageName& name);
  PackageId id_of_extra(PackageId project, const specs::PackageName& name);

  [[nodiscard]] const Package& operator[](PackageId id) const { return packages_[id]; }
  [[nodiscard]] std::size_t size() const { return packages_.size(); }
  [[nodiscard]] bool is_project(PackageId id) const { return packages_[id].project == id; }
  /// The extras of a project that the solver has met.
  [[nodiscard]] const std::vector<PackageId>& extras_of(PackageId project) const {
    return extras_[project];
  }
  /// The versions of a project. `id` is not that of an extra.
  [[nodiscard]] Project& project(PackageId id) const { return *projects_[id]; }

 private:
  PackageId add(Package package, std::unique_ptr<Project> project);
  void add_requirement(const specs::Requirement& requirement, bool is_requested);
  [[nodiscard]] ProjectRules rules_of(const specs::PackageName& name);

  const Problem& problem_;
  std::unordered_map<std::string, ProjectRules> rules_;  ///< of projects that the problem names
  std::vector<Package> packages_;
  std::vector<std::unique_ptr<Project>> projects_;  ///< by package; null for an extra
  std::vector<std::vector<PackageId>> extras_;      ///< by project
  std::unordered_map<std::string, PackageId> ids_;
  std::map<std::pair<PackageId, std::string>, PackageId> extra_ids_;  ///< by project and name
};

/// Whether the marker of a requirement of the user holds in the problem's environment.
[[nodiscard]] bool applies(const specs::Requirement& requirement, const Problem& problem);

/// The versions that a requirement allows; nullopt if it has a URL that the problem does not know.
[[nodiscard]] std::optional<specs::VersionSet> versions_of(const specs::Requirement& requirement,
                                                           const Problem& problem);

/// Whether a requirement allows one version only: by `==`, `===` or a URL.
[[nodiscard]] bool is_pin(const specs::Requirement& requirement);

}  // namespace ensure::resolve
