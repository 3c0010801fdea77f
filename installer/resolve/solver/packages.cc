#include "installer/resolve/solver/packages.h"

#include <utility>

namespace ensure::resolve {

PackageId Packages::add(Package package) {
  packages_.push_back(std::move(package));
  extras_.emplace_back();
  return static_cast<PackageId>(packages_.size() - 1);
}

PackageId Packages::project(const specs::PackageName& name) {
  const auto next = static_cast<PackageId>(packages_.size());
  const auto [place, inserted] = projects_.try_emplace(name.normalized(), next);
  return inserted ? add({name, next, std::nullopt}) : place->second;
}

PackageId Packages::extra(PackageId project, const specs::PackageName& name) {
  const auto next = static_cast<PackageId>(packages_.size());
  const auto [place, inserted] = extra_ids_.try_emplace({project, name.normalized()}, next);
  if (!inserted) return place->second;
  const PackageId id = add({packages_[project].name, project, name});
  extras_[project].push_back(id);
  return id;
}

}  // namespace ensure::resolve
