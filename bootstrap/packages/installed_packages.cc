#include "bootstrap/packages/installed_packages.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/base/path.h"
#include "installer/specs/metadata/core_metadata.h"

namespace ensure::bootstrap {

namespace {

bool is_file(const base::Path& path) {
  const std::optional<base::FileStatus> status = base::file_status(path);
  return status && status->type == base::FileType::kRegular;
}

/// The METADATA of an installed project, or the PKG-INFO of the older form; empty without either.
std::string metadata_text(const install::Distribution& distribution) {
  const base::Path& info = distribution.dist_info;
  for (const base::Path& path : {info / "METADATA", info / "PKG-INFO", info}) {
    if (is_file(path)) return base::read_file_if_exists(path).value_or("");
  }
  return {};
}

/// Returns nullopt if the project does not tell its version.
std::optional<install::InstalledProject> try_read(const install::LegacyProject& legacy) {
  install::Distribution distribution{.name = legacy.name,
                                     .version = specs::Version::parse("0"),
                                     .site_packages = legacy.path.parent_path(),
                                     .dist_info = legacy.path};
  try {
    distribution.version = specs::CoreMetadata::parse(metadata_text(distribution)).version;
  } catch (const base::Error&) {
    return std::nullopt;
  }
  return install::InstalledProject{.distribution = std::move(distribution), .direct_url = {}};
}

}  // namespace

install::InstalledProjects find_system_site_packages(const venv::Interpreter& interpreter) {
  install::InstalledProjects shown;
  const base::Path library = interpreter.standard_library();
  for (const base::Path& directory :
       {library / "site-packages", library / "dist-packages",
        interpreter.base_prefix / "local/lib" / interpreter.library_name / "dist-packages",
        interpreter.base_prefix / "lib/python3/dist-packages"}) {
    install::InstalledProjects found = install::find_installed(directory, directory);
    std::ranges::move(found.projects, std::back_inserter(shown.projects));
    for (const install::LegacyProject& legacy : found.legacy) {
      if (auto project = try_read(legacy)) shown.projects.push_back(*std::move(project));
    }
  }
  return shown;
}

const install::InstalledProject* find_project(const install::InstalledProjects& projects,
                                              const specs::PackageName& name) {
  const auto found = std::ranges::find_if(
      projects.projects,
      [&](const install::InstalledProject& project) { return project.distribution.name == name; });
  return found == projects.projects.end() ? nullptr : &*found;
}

void add_installed(index::IndexProvider& provider, const InstalledPackages& installed,
                   const std::vector<resolve::Preference>& preferences) {
  for (const resolve::Preference& preference : preferences) {
    for (const auto* projects : {&installed.system_site_packages, &installed.own}) {
      const install::InstalledProject* found = find_project(*projects, preference.name);
      if (found == nullptr || found->distribution.version != preference.version) continue;
      provider.add_installed(
          preference.name, preference.version,
          [distribution = found->distribution] { return metadata_text(distribution); });
    }
  }
}

void add_pip(index::IndexProvider& provider, const specs::PackageName& name,
             const specs::Version& version) {
  provider.add_installed(name, version, [name, version] {
    return "Metadata-Version: 2.1\nName: " + name.as_written() +
           "\nVersion: " + version.to_string() + '\n';
  });
}

}  // namespace ensure::bootstrap
