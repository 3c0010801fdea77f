#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "installer/specs/requirements/package_name.h"

namespace ensure::resolve {

/// A small number for a package, given in the order in which packages were first met.
using PackageId = std::uint32_t;

/// What the solver decides on: a project, or an extra of one.
///
/// An extra is a package without versions: it is part of the solution or not. What it brings is
/// said by incompatibilities with three terms: project in a version, extra there, dependency.
struct Package {
  specs::PackageName name;                  ///< of the project
  PackageId project;                        ///< itself, unless it is an extra
  std::optional<specs::PackageName> extra;  ///< nothing for a project
};

/// All packages that were met, each once.
class Packages {
 public:
  PackageId project(const specs::PackageName& name);
  PackageId extra(PackageId project, const specs::PackageName& name);

  [[nodiscard]] const Package& operator[](PackageId id) const { return packages_[id]; }
  [[nodiscard]] std::size_t size() const { return packages_.size(); }
  [[nodiscard]] bool is_project(PackageId id) const { return packages_[id].project == id; }
  /// The extras of a project that were met.
  [[nodiscard]] const std::vector<PackageId>& extras_of(PackageId project) const {
    return extras_[project];
  }

 private:
  PackageId add(Package package);

  std::vector<Package> packages_;
  std::vector<std::vector<PackageId>> extras_;  ///< by project
  std::unordered_map<std::string, PackageId> projects_;
  std::map<std::pair<PackageId, std::string>, PackageId> extra_ids_;  ///< by project and name
};

}  // namespace ensure::resolve
