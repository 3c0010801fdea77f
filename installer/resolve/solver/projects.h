#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "installer/resolve/problem.h"
#include "installer/resolve/solver/packages.h"
#include "installer/resolve/solver/project.h"

namespace ensure::resolve {

/// All projects that were met, with what the problem says of them.
class Projects {
 public:
  explicit Projects(const Problem& problem);

  /// The project of a package that is one; made when first asked for.
  Project& at(PackageId id, const specs::PackageName& name);

 private:
  ProjectRules& rules_of(const specs::PackageName& name);
  void add_requirement(const specs::Requirement& requirement);

  const Problem& problem_;
  std::unordered_map<std::string, ProjectRules> rules_;
  std::vector<std::unique_ptr<Project>> projects_;  ///< by package; null for an extra
};

/// Whether a requirement of the user counts in the problem's environment.
[[nodiscard]] bool applies(const specs::Requirement& requirement, const Problem& problem);

/// The versions that a requirement allows; nothing where it has a URL that the problem does not
/// know.
[[nodiscard]] std::optional<specs::VersionSet> versions_of(const specs::Requirement& requirement,
                                                           const Problem& problem);

/// Whether a requirement names one version: by `==`, `===` or a URL.
[[nodiscard]] bool is_pin(const specs::Requirement& requirement);

}  // namespace ensure::resolve
