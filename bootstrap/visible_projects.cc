#include "bootstrap/visible_projects.h"

#include <algorithm>
#include <filesystem>
#include <iterator>

namespace ensure::bootstrap {

namespace fs = std::filesystem;

install::InstalledProjects find_visible(const venv::Interpreter& interpreter) {
  install::InstalledProjects visible;
  const fs::path library = interpreter.standard_library();
  for (const fs::path& folder :
       {library / "site-packages", library / "dist-packages",
        interpreter.base_prefix / "local/lib" / interpreter.library_name / "dist-packages",
        interpreter.base_prefix / "lib/python3/dist-packages"}) {
    install::InstalledProjects found = install::find_installed(folder, folder);
    std::ranges::move(found.projects, std::back_inserter(visible.projects));
  }
  return visible;
}

}  // namespace ensure::bootstrap
