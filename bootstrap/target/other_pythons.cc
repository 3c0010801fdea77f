#include "bootstrap/target/other_pythons.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "installer/install/installed/change_plan.h"
#include "installer/install/installed/distribution.h"
#include "installer/install/installed/unowned_files.h"
#include "installer/install/wheel/destination.h"
#include "venv/environment/environment.h"
#include "venv/interpreter/target_python.h"

namespace ensure::bootstrap {

namespace {

/// The libraries of an environment for other versions of Python than `library`.
std::vector<std::string> libraries_except(const venv::ExistingEnvironment& environment,
                                          const std::string& library) {
  std::vector<std::string> libraries = environment.libraries;
  std::erase(libraries, library);
  return libraries;
}

void remove_library(install::Transaction& transaction, const venv::ExistingEnvironment& environment,
                    const std::string& library, std::vector<base::Path> own_files) {
  const std::vector<base::Path> whole{environment.path / "lib" / library,
                                      environment.path / "include" / library};
  own_files.insert(own_files.end(), whole.begin(), whole.end());
  for (const install::Distribution& distribution :
       install::find_distributions(environment.site_packages(library))) {
    // Only commands and data: the library is removed as a whole below.
    for (const base::Path& path :
         install::recorded_paths(distribution, environment.path, own_files)) {
      transaction.remove(path);
    }
  }
  for (const base::Path& path : whole) {
    if (base::link_status(path)) transaction.remove(path);
  }
}

}  // namespace

std::vector<install::Distribution> packages_except(const venv::ExistingEnvironment& environment,
                                                   const std::string& library) {
  std::vector<install::Distribution> packages;
  for (const std::string& other : libraries_except(environment, library)) {
    std::ranges::move(install::find_distributions(environment.site_packages(other)),
                      std::back_inserter(packages));
  }
  return packages;
}

CarriedPackages packages_to_carry(const venv::ExistingEnvironment& environment,
                                  const venv::Interpreter& interpreter) {
  install::InstalledProjects projects;
  for (const std::string& library : libraries_except(environment, interpreter.library_name)) {
    const base::Path directory = environment.site_packages(library);
    install::InstalledProjects found = install::find_installed(directory, directory);
    std::ranges::move(found.projects, std::back_inserter(projects.projects));
    std::ranges::move(found.legacy, std::back_inserter(projects.legacy));
  }
  return find_carried(projects, venv::target_python(interpreter, "/", std::nullopt).environment);
}

void remove_other_pythons(install::Transaction& transaction,
                          const venv::ExistingEnvironment& environment,
                          const venv::Interpreter& interpreter,
                          const std::vector<base::Path>& own_files) {
  for (const std::string& library : libraries_except(environment, interpreter.library_name)) {
    remove_library(transaction, environment, library, own_files);
  }
  const std::vector<std::string> names = venv::EnvironmentLayout(interpreter).program_names;
  for (const venv::ExistingExecutable& executable : environment.executables) {
    if (std::ranges::find(names, executable.name) == names.end()) {
      transaction.remove(environment.path / "bin" / executable.name);
    }
  }
}

void stage_files_of_user(install::Transaction& transaction,
                         const venv::ExistingEnvironment& environment,
                         const venv::Interpreter& interpreter, const base::Directory& staged) {
  for (const std::string& library : libraries_except(environment, interpreter.library_name)) {
    const base::Path packages = environment.site_packages(library);
    const std::vector<base::Path> files =
        install::unowned_library_files(transaction.tree(), packages);
    if (files.empty()) continue;
    install::WheelDestination destination;
    destination.map("/", staged);
    const base::Directory to = destination.open_directory(
        base::TargetPath("/lib") / interpreter.library_name / "site-packages");
    install::stage_library_files(transaction.tree(), packages, files, to);
  }
}

}  // namespace ensure::bootstrap
