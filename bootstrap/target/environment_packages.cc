#include "bootstrap/target/environment_packages.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>

#include "bootstrap/target/seeding.h"
#include "installer/base/path.h"
#include "installer/install/installed/change_plan.h"
#include "installer/install/installed/distribution.h"
#include "venv/interpreter/target_python.h"

namespace ensure::bootstrap {

std::vector<PackageReport> packages_of(const venv::ExistingEnvironment& environment) {
  std::vector<PackageReport> reports;
  for (const std::string& library : environment.libraries) {
    for (const install::Distribution& one :
         install::find_distributions(environment.site_packages(library))) {
      reports.push_back(report_of(one));
    }
  }
  return reports;
}

CarriedPackages packages_to_carry(const venv::ExistingEnvironment& environment,
                                  const venv::Interpreter& interpreter) {
  install::InstalledProjects projects;
  for (const std::string& library : environment.libraries) {
    if (library == interpreter.library_name) continue;
    const base::Path folder = environment.site_packages(library);
    install::InstalledProjects found = install::find_installed(folder, folder);
    std::ranges::move(found.projects, std::back_inserter(projects.projects));
    std::ranges::move(found.legacy, std::back_inserter(projects.legacy));
  }
  return find_carried(projects, venv::target_python(interpreter, "/", std::nullopt).environment);
}

}  // namespace ensure::bootstrap
