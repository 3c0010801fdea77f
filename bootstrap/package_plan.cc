#include "bootstrap/package_plan.h"

namespace ensure::bootstrap {

namespace {

PackageReport report_of(const install::Distribution& distribution) {
  return {distribution.name.normalized(), distribution.version.to_string(), "", ""};
}

std::vector<PackageReport> reports_of(const std::vector<install::Distribution>& distributions) {
  std::vector<PackageReport> reports;
  reports.reserve(distributions.size());
  for (const install::Distribution& distribution : distributions) {
    reports.push_back(report_of(distribution));
  }
  return reports;
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

std::vector<PackageReport> PackagePlan::kept() const { return reports_of(changes.kept()); }

std::vector<PackageReport> PackagePlan::removed() const { return reports_of(changes.removed()); }

}  // namespace ensure::bootstrap
