#include "bootstrap/packages/installed_packages.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/base/path.h"
#include "installer/specs/metadata/core_metadata.h"

namespace ensure::bootstrap {

namespace {

/// The METADATA of an installed project, or the PKG-INFO of the older form; empty without either.
std::string metadata_text(const install::Distribution& distribution) {
  const base::Path& info = distribution.dist_info;
  for (const base::Path& path : {info / "METADATA", info / "PKG-INFO", info}) {
    const std::optional<base::FileStatus> status = base::file_status(path);
    if (status && status->type == base::FileType::kRegular)
      return base::read_file_if_exists(path).value_or("");
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

std::vector<install::Distribution> distributions_of(const install::InstalledProjects& projects) {
  std::vector<install::Distribution> distributions;
  distributions.reserve(projects.projects.size());
  for (const install::InstalledProject& project : projects.projects) {
    distributions.push_back(project.distribution);
  }
  return distributions;
}

install::InstalledVersions versions_before(const InstalledPackages& installed) {
  install::InstalledVersions versions;
  for (const auto* projects : {&installed.system_site_packages, &installed.own}) {
    for (const install::InstalledProject& project : projects->projects) {
      const install::Distribution& distribution = project.distribution;
      versions.insert_or_assign(distribution.name.normalized(), distribution.version);
    }
  }
  return versions;
}

std::string quoted(const std::string& text) { return "`" + text + "`"; }

}  // namespace

install::InstalledProjects find_system_site_packages(
    const venv::Interpreter& interpreter,
    const std::function<base::Path(const base::Path&)>& on_this_machine) {
  install::InstalledProjects shown;
  const base::Path library = interpreter.standard_library();
  for (const base::Path& named :
       {library / "site-packages", library / "dist-packages",
        interpreter.base_prefix / "local/lib" / interpreter.library_name / "dist-packages",
        interpreter.base_prefix / "lib/python3/dist-packages"}) {
    const base::Path directory = on_this_machine(named);
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

BrokenRequirements::Found BrokenRequirements::find(const std::vector<Choice>& choices) {
  if (before_.empty()) before_ = versions_before(packages_);
  std::set<std::string> chosen;
  for (const Choice& choice : choices) chosen.insert(choice.name.normalized());
  std::set<std::string> staying;
  std::set<std::string> staying_shown;
  install::InstalledVersions after = before_;
  for (const install::InstalledProject& project : packages_.own.projects) {
    const std::string& name = project.distribution.name.normalized();
    const bool goes = is_removed(project.distribution.name);
    if (!goes && !chosen.contains(name)) staying.insert(name);
    if (goes) after.erase(name);
  }
  for (const install::InstalledProject& project : packages_.system_site_packages.projects) {
    const std::string& name = project.distribution.name.normalized();
    if (!chosen.contains(name) && !staying.contains(name)) staying_shown.insert(name);
    if (is_removed(project.distribution.name)) {
      after.try_emplace(name, project.distribution.version);
    }
  }
  for (const Choice& choice : choices) {
    after.insert_or_assign(choice.name.normalized(), choice.version);
  }
  if (after == before_ || (staying.empty() && staying_shown.empty())) return {};
  if (!installed_) {
    installed_.emplace(distributions_of(packages_.own), environment_);
    system_site_packages_.emplace(distributions_of(packages_.system_site_packages), environment_);
  }
  return {installed_->conflicts(before_, after, staying),
          system_site_packages_->conflicts(before_, after, staying_shown),
          installed_->asking_for_extras(before_, after, staying)};
}

bool BrokenRequirements::is_removed(const specs::PackageName& name) const {
  return request_.sync || std::ranges::find(request_.removed, name) != request_.removed.end();
}

bool BrokenRequirements::add_staying(const Found& found,
                                     std::vector<resolve::StayingProject>& staying) const {
  std::vector<install::Distribution> dependents = found.asking_for_extras;
  for (const install::Conflict& conflict : found.installed) {
    dependents.push_back(conflict.dependent);
  }
  std::set<std::string> names;
  for (const resolve::StayingProject& one : staying) names.insert(one.name.normalized());
  const std::size_t count = staying.size();
  for (const install::Distribution& dependent : dependents) {
    if (!names.insert(dependent.name.normalized()).second) continue;
    staying.push_back({dependent.name, dependent.version, installed_->kept_by(dependent, before_)});
  }
  return staying.size() > count;
}

std::string describe(const install::Conflict& conflict) {
  const std::string name = quoted(conflict.requirement.name.normalized());
  return quoted(conflict.dependent.name.normalized()) + " " +
         conflict.dependent.version.to_string() + " is installed and requires " +
         quoted(report_of(conflict).requirement) +
         (conflict.found ? ", but gets " + name + " " + conflict.found->to_string()
                         : ", which is removed");
}

ConflictReport report_of(const install::Conflict& conflict) {
  specs::Requirement requirement = conflict.requirement;
  requirement.marker.reset();
  return {conflict.dependent.name.normalized(), conflict.dependent.version.to_string(),
          requirement.to_string(), conflict.found ? conflict.found->to_string() : ""};
}

}  // namespace ensure::bootstrap
