#include "bootstrap/replaceable_files.h"

#include <iterator>
#include <string>
#include <utility>

#include "installer/base/files.h"

namespace ensure::bootstrap {

namespace {

namespace fs = std::filesystem;
using install::Distribution;
using install::ReplaceableFiles;

/// Whether `name` is a command of pip: "pip", "pip3", "pip3.12".
bool is_pip_command(const std::string& name) {
  return name.starts_with("pip") && name.find_first_not_of("0123456789.", 3) == std::string::npos;
}

/// A pip without a RECORD, whose installation was cut short, is replaced as a whole.
void add_broken_pip(ReplaceableFiles& replaceable, const Distribution& distribution,
                    const fs::path& scripts) {
  if (distribution.name.normalized() != "pip") return;
  if (base::file_status(distribution.dist_info / "RECORD")) return;
  replaceable.paths.push_back(distribution.dist_info);
  replaceable.paths.push_back(distribution.folder / "pip");
  if (!base::file_status(scripts)) return;
  for (const std::string& name : base::list_directory(scripts)) {
    if (is_pip_command(name)) replaceable.paths.push_back(scripts / name);
  }
}

}  // namespace

ReplaceableFiles replaceable_in(const venv::ExistingEnvironment& environment,
                                const std::vector<venv::EnvironmentPart>& parts,
                                const std::vector<Distribution>& removed) {
  std::vector<fs::path> libraries;
  libraries.reserve(environment.libraries.size());
  for (const std::string& library : environment.libraries) {
    libraries.push_back(environment.site_packages(library));
  }
  ReplaceableFiles replaceable = replaceable_in(libraries, environment.path / "bin", removed);
  for (const venv::EnvironmentPart& part : parts) {
    if (part.kind != venv::EnvironmentPart::Kind::kFolder) {
      replaceable.paths.push_back(environment.path / part.name);
    }
  }
  return replaceable;
}

ReplaceableFiles replaceable_in(const std::vector<fs::path>& libraries, const fs::path& scripts,
                                const std::vector<Distribution>& removed) {
  ReplaceableFiles replaceable{.distributions = removed, .paths = {}};
  for (const fs::path& library : libraries) {
    std::vector<Distribution> found = install::find_distributions(library);
    for (const Distribution& distribution : found) {
      add_broken_pip(replaceable, distribution, scripts);
    }
    replaceable.distributions.insert(replaceable.distributions.end(),
                                     std::make_move_iterator(found.begin()),
                                     std::make_move_iterator(found.end()));
  }
  return replaceable;
}

}  // namespace ensure::bootstrap
