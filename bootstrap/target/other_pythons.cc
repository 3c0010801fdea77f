#include "bootstrap/target/other_pythons.h"

#include <algorithm>
#include <string>

#include "bootstrap/target/seeding.h"
#include "installer/install/installed/distribution.h"
#include "installer/install/installed/unowned_files.h"
#include "installer/install/wheel/destination.h"
#include "venv/environment/environment.h"

namespace ensure::bootstrap {

namespace {

/// The libraries of an environment for other versions of Python than `interpreter`.
std::vector<std::string> other_libraries(const venv::ExistingEnvironment& environment,
                                         const venv::Interpreter& interpreter) {
  std::vector<std::string> libraries = environment.libraries;
  std::erase(libraries, interpreter.library_name);
  return libraries;
}

void remove_library(install::Transaction& transaction, const venv::ExistingEnvironment& environment,
                    const std::string& library, std::vector<base::Path> own_files,
                    std::vector<PackageReport>& removed) {
  const std::vector<base::Path> whole{environment.path / "lib" / library,
                                      environment.path / "include" / library};
  own_files.insert(own_files.end(), whole.begin(), whole.end());
  for (const install::Distribution& distribution :
       install::find_distributions(environment.site_packages(library))) {
    removed.push_back(report_of(distribution));
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

std::vector<PackageReport> remove_other_pythons(install::Transaction& transaction,
                                                const venv::ExistingEnvironment& environment,
                                                const venv::Interpreter& interpreter,
                                                const std::vector<base::Path>& own_files) {
  std::vector<PackageReport> removed;
  for (const std::string& library : other_libraries(environment, interpreter)) {
    remove_library(transaction, environment, library, own_files, removed);
  }
  const std::vector<std::string> names = venv::EnvironmentLayout(interpreter).program_names;
  for (const venv::ExistingExecutable& executable : environment.executables) {
    if (std::ranges::find(names, executable.name) == names.end()) {
      transaction.remove(environment.path / "bin" / executable.name);
    }
  }
  return removed;
}

void stage_files_of_user(install::Transaction& transaction,
                         const venv::ExistingEnvironment& environment,
                         const venv::Interpreter& interpreter, const base::Directory& staged) {
  for (const std::string& library : other_libraries(environment, interpreter)) {
    const base::Path packages = environment.site_packages(library);
    const std::vector<base::Path> files =
        install::unowned_library_files(transaction.tree(), packages);
    if (files.empty()) continue;
    install::WheelDestination destination;
    destination.map("/", staged);
    const base::Directory to =
        destination.open_directory(base::Path("/lib") / interpreter.library_name / "site-packages");
    install::stage_library_files(transaction.tree(), packages, files, to);
  }
}

}  // namespace ensure::bootstrap
