#include "bootstrap/packages/visible_projects.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/files.h"
#include "installer/base/path.h"
#include "installer/specs/metadata/core_metadata.h"

namespace ensure::bootstrap {

namespace {

bool is_file(const base::Path& path) {
  const std::optional<base::FileStatus> status = base::file_status(path);
  return status && status->type == base::FileType::kRegular;
}

/// None where it does not say its version.
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

std::string metadata_text(const install::Distribution& distribution) {
  const base::Path& info = distribution.dist_info;
  for (const base::Path& path : {info / "METADATA", info / "PKG-INFO", info}) {
    if (is_file(path)) return base::read_file_if_exists(path).value_or("");
  }
  return {};
}

install::InstalledProjects find_visible(const venv::Interpreter& interpreter) {
  install::InstalledProjects visible;
  const base::Path library = interpreter.standard_library();
  for (const base::Path& folder :
       {library / "site-packages", library / "dist-packages",
        interpreter.base_prefix / "local/lib" / interpreter.library_name / "dist-packages",
        interpreter.base_prefix / "lib/python3/dist-packages"}) {
    install::InstalledProjects found = install::find_installed(folder, folder);
    std::ranges::move(found.projects, std::back_inserter(visible.projects));
    for (const install::LegacyProject& legacy : found.legacy) {
      if (auto project = try_read(legacy)) visible.projects.push_back(*std::move(project));
    }
  }
  return visible;
}

const install::InstalledProject* find_project(const install::InstalledProjects& projects,
                                              const specs::PackageName& name) {
  const auto found = std::ranges::find_if(
      projects.projects,
      [&](const install::InstalledProject& project) { return project.distribution.name == name; });
  return found == projects.projects.end() ? nullptr : &*found;
}

void tell_installed(index::IndexProvider& provider, const install::InstalledProjects& installed,
                    const install::InstalledProjects& visible,
                    const std::vector<resolve::Preference>& preferences) {
  for (const resolve::Preference& preference : preferences) {
    for (const auto* projects : {&visible, &installed}) {
      const install::InstalledProject* found = find_project(*projects, preference.name);
      if (found == nullptr || found->distribution.version != preference.version) continue;
      provider.add_installed(
          preference.name, preference.version,
          [distribution = found->distribution] { return metadata_text(distribution); });
    }
  }
}

void tell_seed(index::IndexProvider& provider, const specs::PackageName& name,
               const specs::Version& version) {
  provider.add_installed(name, version, [name, version] {
    return "Metadata-Version: 2.1\nName: " + name.as_written() +
           "\nVersion: " + version.to_string() + '\n';
  });
}

}  // namespace ensure::bootstrap
