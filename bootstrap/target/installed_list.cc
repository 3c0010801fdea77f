#include "bootstrap/target/installed_list.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "bootstrap/target/install_target.h"
#include "installer/base/error.h"
#include "venv/environment/environment_reader.h"

namespace ensure::bootstrap {

namespace {

using Projects = std::vector<install::InstalledProject>;

void add(Projects& all, const base::Path& purelib, const base::Path& platlib) {
  std::ranges::move(install::find_installed(purelib, platlib).projects, std::back_inserter(all));
}

Projects projects_of_environment(const base::Path& path) {
  const std::optional<venv::ExistingEnvironment> found = venv::read_environment(path);
  if (!found || found->kind != venv::ExistingEnvironment::Kind::kEnvironment) {
    throw base::Error(base::ExitCode::kFileSystem,
                      "`" + path.text() + "` is not a virtual environment")
        .with_hint("check the path; `ensure --venv " + path.text() + "` creates one");
  }
  Projects all;
  for (const std::string& library : found->libraries) {
    add(all, found->site_packages(library), found->site_packages(library));
  }
  return all;
}

InstalledList listed(const base::Path& path, Projects projects) {
  std::ranges::sort(projects, {}, [](const install::InstalledProject& project) {
    return project.distribution.name.normalized();
  });
  return {path, std::move(projects)};
}

}  // namespace

std::vector<InstalledList> list_installed(const Request& request) {
  std::vector<InstalledList> lists;
  for (const base::Path& path : request.environments) {
    const base::Path absolute = base::absolute_path(path);
    lists.push_back(listed(absolute, projects_of_environment(absolute)));
  }
  if (!lists.empty()) return lists;
  const InstallTarget target = InstallTarget::find(request);
  if (target.environment() && !request.prefix && !request.target && !request.root) {
    return {listed(*target.environment(), projects_of_environment(*target.environment()))};
  }
  const specs::Scheme scheme = target.layout().scheme;
  Projects projects;
  const base::Path library = target.on_this_machine(scheme.purelib);
  add(projects, library, target.on_this_machine(scheme.platlib));
  return {listed(library, std::move(projects))};
}

}  // namespace ensure::bootstrap
