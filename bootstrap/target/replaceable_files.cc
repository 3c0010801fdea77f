#include "bootstrap/target/replaceable_files.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "installer/base/directory.h"
#include "installer/base/file.h"

namespace ensure::bootstrap {

namespace {

using install::Distribution;
using install::ReplaceableFiles;

/// Whether `name` is a command of pip: "pip", "pip3", "pip3.12".
bool is_pip_command(const std::string& name) {
  return name.starts_with("pip") && name.find_first_not_of("0123456789.", 3) == std::string::npos;
}

/// A pip without a RECORD, whose installation was cut short, is replaced as a whole.
void add_broken_pip(ReplaceableFiles& replaceable, const Distribution& distribution,
                    const base::Path& scripts) {
  if (distribution.name.normalized() != "pip") return;
  if (base::file_status(distribution.dist_info / "RECORD")) return;
  replaceable.paths.push_back(distribution.dist_info);
  replaceable.paths.push_back(distribution.site_packages / "pip");
  if (!base::file_status(scripts)) return;
  for (const std::string& name : base::list_directory(scripts)) {
    if (is_pip_command(name)) replaceable.paths.push_back(scripts / name);
  }
}

/// Whether `name` is the directory of one version: "python3.12", "pypy3.10".
bool is_of_version(const std::string& name) {
  return name.starts_with("python3") || name.starts_with("pypy3");
}

/// The libraries of other Pythons beside `library`, such as `lib/python3.11/site-packages` beside
/// that of 3.12. Pythons with one prefix share the directory of commands. A library that a link
/// leads to is left out: with `--root` it may be outside.
std::vector<base::Path> neighbours_of(const base::Path& library) {
  const base::Path versioned = library.parent_path();
  const base::Path all = versioned.parent_path();
  const std::optional<base::Path> real = base::real_path(all);
  if (!is_of_version(versioned.filename()) || !real) return {};
  std::vector<base::Path> found;
  for (const std::string& name : base::list_directory(all)) {
    if (!is_of_version(name) || name == versioned.filename()) continue;
    const base::Path neighbour = base::Path(name) / library.filename();
    if (base::real_path(all / neighbour) == *real / neighbour) found.push_back(all / neighbour);
  }
  return found;
}

}  // namespace

ReplaceableFiles replaceable_in(const venv::ExistingEnvironment& environment,
                                const std::vector<venv::EnvironmentPart>& parts,
                                const std::vector<Distribution>& removed) {
  std::vector<base::Path> libraries;
  libraries.reserve(environment.libraries.size());
  for (const std::string& library : environment.libraries) {
    libraries.push_back(environment.site_packages(library));
  }
  ReplaceableFiles replaceable = replaceable_in(libraries, environment.path / "bin", removed);
  for (const venv::EnvironmentPart& part : parts) {
    if (part.kind != venv::EnvironmentPart::Kind::kDirectory) {
      replaceable.paths.push_back(environment.path / part.name);
    }
  }
  return replaceable;
}

ReplaceableFiles replaceable_in(const std::vector<base::Path>& libraries, const base::Path& scripts,
                                const std::vector<Distribution>& removed) {
  ReplaceableFiles replaceable{.distributions = removed, .paths = {}};
  for (const base::Path& library : libraries) {
    std::vector<Distribution> found = install::find_distributions(library);
    for (const Distribution& distribution : found) {
      add_broken_pip(replaceable, distribution, scripts);
    }
    replaceable.distributions.insert(replaceable.distributions.end(),
                                     std::make_move_iterator(found.begin()),
                                     std::make_move_iterator(found.end()));
  }
  if (libraries.empty()) return replaceable;
  for (const base::Path& neighbour : neighbours_of(libraries.front())) {
    std::ranges::move(install::find_distributions(neighbour),
                      std::back_inserter(replaceable.distributions));
  }
  return replaceable;
}

}  // namespace ensure::bootstrap
