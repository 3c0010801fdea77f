#include "bootstrap/packages/broken_requirements.h"

#include <algorithm>
#include <set>
#include <utility>

namespace ensure::bootstrap {

namespace {

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

BrokenRequirements::Found BrokenRequirements::find(const std::vector<Choice>& choices) {
  if (before_.empty()) before_ = versions_before(packages_);
  std::set<std::string> chosen;
  for (const Choice& choice : choices) chosen.insert(choice.name.normalized());
  std::set<std::string> staying;
  std::set<std::string> staying_shown;
  install::InstalledVersions after = before_;
  for (const install::InstalledProject& project : packages_.own.projects) {
    const std::string& name = project.distribution.name.normalized();
    const bool stays = !only_chosen_stay_ && !chosen.contains(name);
    if (stays) staying.insert(name);
    if (only_chosen_stay_) after.erase(name);
  }
  for (const install::InstalledProject& project : packages_.system_site_packages.projects) {
    const std::string& name = project.distribution.name.normalized();
    if (!chosen.contains(name) && !staying.contains(name)) staying_shown.insert(name);
    if (only_chosen_stay_) after.try_emplace(name, project.distribution.version);
  }
  for (const Choice& choice : choices) {
    after.insert_or_assign(choice.name.normalized(), choice.version);
  }
  if (after == before_ || (staying.empty() && staying_shown.empty())) return {};
  read();
  return {installed_->conflicts(before_, after, staying),
          system_site_packages_->conflicts(before_, after, staying_shown),
          installed_->asking_for_extras(before_, after, staying)};
}

void BrokenRequirements::read() {
  if (installed_) return;
  installed_.emplace(distributions_of(packages_.own), environment_);
  system_site_packages_.emplace(distributions_of(packages_.system_site_packages), environment_);
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
