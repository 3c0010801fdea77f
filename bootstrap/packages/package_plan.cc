#include "bootstrap/packages/package_plan.h"

#include <algorithm>
#include <utility>

#include "installer/base/text.h"

namespace ensure::bootstrap {

namespace {

/// Empty where there is nothing to be said.
std::string prerelease_warning(const std::vector<index::ChosenFile>& chosen,
                               const std::vector<specs::Requirement>& requirements) {
  std::vector<std::string> found;
  for (const index::ChosenFile& one : chosen) {
    const auto names_one = [&](const specs::Requirement& requirement) {
      return requirement.name == one.project.name &&
             (requirement.url || requirement.specifiers.names_prerelease());
    };
    if (!one.project.version.is_prerelease() || std::ranges::any_of(requirements, names_one)) {
      continue;
    }
    found.push_back("`" + one.project.name.as_written() + "` " + one.project.version.to_string());
  }
  if (found.empty()) return "";
  return base::join(found, ", ") + (found.size() > 1 ? " are pre-releases" : " is a pre-release");
}

void add_extra_warnings(std::vector<std::string>& warnings, const resolve::Resolution& resolution) {
  for (const resolve::ResolvedProject& project : resolution.projects) {
    if (project.missing_extras.empty()) continue;
    std::vector<std::string> names;
    names.reserve(project.missing_extras.size());
    for (const specs::PackageName& extra : project.missing_extras) {
      names.push_back("`" + extra.as_written() + "`");
    }
    warnings.push_back("`" + project.name.as_written() + "` " + project.version.to_string() +
                       " has no extra " + base::join(names, ", "));
  }
}

}  // namespace

std::vector<PackageReport> PackagePlan::to_be_installed() const {
  std::vector<PackageReport> reports;
  reports.reserve(chosen.size());
  for (const index::ChosenFile& one : chosen) {
    reports.push_back({one.project.name.normalized(), one.project.version.to_string(),
                       one.file.request.url.redacted(), one.file.request.sha256().value_or("")});
  }
  return reports;
}

std::vector<std::string> choice_warnings(const resolve::Resolution& resolution,
                                         const std::vector<index::ChosenFile>& chosen,
                                         const resolve::Problem& problem) {
  std::vector<std::string> warnings;
  if (problem.prereleases != resolve::PrereleasePolicy::kAllow) {
    std::string warning = prerelease_warning(chosen, problem.requirements);
    if (!warning.empty()) warnings.push_back(std::move(warning));
  }
  add_extra_warnings(warnings, resolution);
  return warnings;
}

}  // namespace ensure::bootstrap
