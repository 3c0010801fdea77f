#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "installer/resolve/problem.h"
#include "installer/resolve/solver/project.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/requirements/requirement.h"
#include "installer/specs/versions/version_set.h"

namespace ensure::resolve {

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
