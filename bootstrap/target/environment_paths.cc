#include "bootstrap/target/environment_paths.h"

#include "installer/install/installed/distribution.h"

namespace ensure::bootstrap {

install::TargetPaths environment_paths(const base::Path& final_path,
                                       const std::vector<venv::EnvironmentPart>& parts,
                                       const base::Path& site_packages) {
  using Kind = venv::EnvironmentPart::Kind;
  using Role = venv::EnvironmentPart::Role;
  install::TargetPaths own{.owner = "the environment",
                           .files = {},
                           .links = {},
                           .staged = install::find_distributions(site_packages)};
  for (const venv::EnvironmentPart& part : parts) {
    if (part.kind == Kind::kLink && part.role == Role::kLibrary) {
      own.links.emplace_back(final_path / part.name, final_path / part.content);
    } else if (part.kind != Kind::kDirectory) {
      own.files.push_back(final_path / part.name);
    }
  }
  return own;
}

}  // namespace ensure::bootstrap
