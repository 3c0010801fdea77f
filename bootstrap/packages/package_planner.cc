#include "bootstrap/packages/package_planner.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/base/text.h"
#include "installer/install/installed/distribution.h"
#include "installer/resolve/resolve.h"
#include "installer/specs/metadata/core_metadata.h"
#include "installer/specs/tags/tag_set.h"

namespace ensure::bootstrap {

namespace {

using base::Error;
using base::ExitCode;

const specs::PackageName& pip_name() {
  static const specs::PackageName kName = specs::PackageName::parse("pip");
  return kName;
}

/// The versions that the target gets, including that of the bundled pip.
std::vector<BrokenRequirements::Choice> choices_of(const resolve::Resolution& resolution,
                                                   const InstalledPackages& installed) {
  std::vector<BrokenRequirements::Choice> choices;
  choices.reserve(resolution.projects.size() + 1);
  if (installed.pip) choices.push_back({pip_name(), *installed.pip});
  for (const resolve::ResolvedProject& project : resolution.projects) {
    choices.push_back({project.name, project.version});
  }
  return choices;
}

/// Adds the conflicts to the plan, and a warning for each.
void add_conflicts(PackagePlan& plan, const BrokenRequirements::Found& broken) {
  for (const install::Conflict& conflict : broken.installed) {
    plan.conflicts.push_back(report_of(conflict));
    plan.warnings.push_back(describe(conflict));
  }
  for (const install::Conflict& conflict : broken.system_site_packages) {
    plan.warnings.push_back(describe(conflict) +
                            " (it is outside of the environment and stays as it is)");
  }
}

/// Whether it is the pip that the target has or that the run installs.
bool is_installed_pip(const resolve::ResolvedProject& project, const InstalledPackages& installed) {
  return installed.pip && project.name == pip_name() && project.version == *installed.pip;
}

/// Whether an installed distribution was recorded to come from a file with one of these digests.
/// True without a SHA-256 among them: other digests are not recorded.
bool has_origin_of(const install::Distribution& installed,
                   const std::vector<specs::HashOption>& hashes) {
  const auto is_sha256 = [](const specs::HashOption& hash) { return hash.algorithm == "sha256"; };
  if (std::ranges::none_of(hashes, is_sha256)) return true;
  for (const char* const name : {"direct_url.json", "provenance_url.json"}) {
    const auto text = base::read_file_if_exists(installed.dist_info / name, base::kSmallText);
    if (!text) continue;
    const std::optional<std::string> recorded = specs::recorded_sha256(*text);
    return recorded &&
           std::ranges::find(hashes, specs::HashOption{"sha256", *recorded}) != hashes.end();
  }
  return false;
}

/// Warnings about chosen pre-releases that no requirement names and that are not allowed in
/// general, and about requested extras that a project does not have.
std::vector<std::string> choice_warnings(const resolve::Resolution& resolution,
                                         const std::vector<index::ChosenFile>& chosen,
                                         const resolve::Problem& problem) {
  std::vector<std::string> prereleases;
  for (const index::ChosenFile& one : chosen) {
    const resolve::ResolvedProject& project = one.project;
    const auto names_one = [&project](const specs::Requirement& requirement) {
      return requirement.name == project.name &&
             (requirement.url || requirement.specifiers.names_prerelease());
    };
    if (project.version.is_prerelease() &&
        problem.prereleases != resolve::PrereleasePolicy::kAllow &&
        std::ranges::none_of(problem.requirements, names_one)) {
      prereleases.push_back("`" + project.name.as_written() + "` " + project.version.to_string());
    }
  }
  std::vector<std::string> warnings;
  if (!prereleases.empty()) {
    warnings.push_back(base::join(prereleases, ", ") +
                       (prereleases.size() > 1 ? " are pre-releases" : " is a pre-release"));
  }
  for (const resolve::ResolvedProject& project : resolution.projects) {
    std::vector<std::string> extras;
    extras.reserve(project.missing_extras.size());
    for (const specs::PackageName& extra : project.missing_extras) {
      extras.push_back("`" + extra.as_written() + "`");
    }
    if (extras.empty()) continue;
    warnings.push_back("`" + project.name.as_written() + "` " + project.version.to_string() +
                       " has no extra " + base::join(extras, ", "));
  }
  return warnings;
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

PackagePlan PackagePlanner::plan(const InstalledPackages& installed,
                                 const std::vector<specs::Requirement>& carried) {
  if (!question_.wanted.locks.empty()) return plan_of_locks(installed);
  resolve::Problem problem = problem_for(installed, carried);
  provider_.forget_installed();
  add_installed(provider_, installed, problem.preferences);
  if (installed.pip && !question_.request.upgrade_deps) {
    add_pip(provider_, pip_name(), *installed.pip);
  }
  provider_.expect(problem.requirements);
  const Solution solution = solve_keeping_installed(problem, installed);
  PackagePlan plan = plan_for(solution.resolution, installed);
  plan.warnings = choice_warnings(solution.resolution, plan.chosen, problem);
  add_conflicts(plan, solution.broken);
  return plan;
}

/// Solves first without the requirements of installed packages: mostly none breaks, and METADATA
/// need not be read. Packages that would break bound the next attempt.
PackagePlanner::Solution PackagePlanner::solve_keeping_installed(
    resolve::Problem& problem, const InstalledPackages& installed) {
  Solution first{solve(problem), {}};
  // As with pip, `--no-deps` also switches the check off.
  if (question_.packages.no_deps) return first;
  BrokenRequirements requirements(installed, problem.environment, question_.packages);
  first.broken = requirements.find(choices_of(first.resolution, installed));
  Solution solution = first;
  while (requirements.add_staying(solution.broken, problem.staying)) {
    resolve::SolveResult outcome = resolve::resolve(problem, provider_);
    if (const auto* failure = std::get_if<resolve::NoSolution>(&outcome)) {
      if (question_.packages.allow_conflicts) return first;
      refuse(*failure, problem);
    }
    solution.resolution = std::get<resolve::Resolution>(std::move(outcome));
    solution.broken = requirements.find(choices_of(solution.resolution, installed));
  }
  refuse_broken(solution.broken, "no versions satisfy the requirements of the installed packages");
  return solution;
}

void PackagePlanner::refuse_broken(const BrokenRequirements::Found& broken,
                                   const std::string& message) const {
  if (broken.installed.empty() || question_.packages.allow_conflicts) return;
  Error error(ExitCode::kNoSolution, message);
  for (const install::Conflict& conflict : broken.installed) error.add_context(describe(conflict));
  if (!question_.packages.removed.empty()) {
    error.add_hint("`--remove` those that need it as well");
  } else {
    error.add_hint("`--sync` removes packages that the request does not need");
  }
  throw std::move(error).with_hint(
      "`--allow-conflicts` installs nevertheless, and breaks installed packages");
}

/// Takes the files of the locks. Nothing is resolved: there is no alternative to their versions.
PackagePlan PackagePlanner::plan_of_locks(const InstalledPackages& installed) const {
  if (!question_.wanted.requirements.empty()) {
    throw Error(ExitCode::kUsage, "a lock cannot be combined with other requirements")
        .with_hint("add the other requirements to the lock, or install them in a second run");
  }
  PackagePlan plan;
  std::vector<BrokenRequirements::Choice> choices;
  for (index::ChosenFile& file : locked_files(question_.wanted.locks, question_.target,
                                              question_.packages, question_.direct)) {
    plan.wanted.push_back({.name = file.project.name,
                           .version = file.project.version,
                           .direct_url = question_.direct.direct_url(file.project.name),
                           .anew = has_changed(file.project, installed.own)});
    choices.push_back({file.project.name, file.project.version});
    plan.has_pip |= file.project.name == pip_name();
    if (!is_there(file.project, installed.own)) plan.chosen.push_back(std::move(file));
  }
  compare(plan, installed.own);
  BrokenRequirements requirements(installed, question_.target.environment, question_.packages);
  const BrokenRequirements::Found broken = requirements.find(choices);
  refuse_broken(broken, "the lock would break installed packages");
  add_conflicts(plan, broken);
  return plan;
}

resolve::Problem PackagePlanner::problem_for(const InstalledPackages& installed,
                                             const std::vector<specs::Requirement>& carried) const {
  const PackageRequest& packages = question_.packages;
  resolve::Problem problem;
  problem.requirements = question_.wanted.requirements;
  problem.requirements.insert(problem.requirements.end(), carried.begin(), carried.end());
  problem.constraints = question_.wanted.constraints;
  problem.direct_references = question_.direct.references();
  problem.environment = question_.target.environment;
  problem.python_version = question_.target.version;
  problem.strategy = question_.settings.resolution;
  problem.prereleases =
      packages.pre ? resolve::PrereleasePolicy::kAllow : resolve::PrereleasePolicy::kIfNecessary;
  problem.no_deps = packages.no_deps;
  // Packages that the request names are upgraded with the Python; the others keep their versions.
  for (const resolve::Preference& preference : installed.carried.versions) {
    const auto is_named = [&](const specs::Requirement& requirement) {
      return requirement.name == preference.name;
    };
    if (std::ranges::any_of(question_.wanted.requirements, is_named)) continue;
    problem.preferences.push_back(preference);
  }
  const bool keeps_pip = !question_.request.upgrade_deps;
  if (!question_.request.upgrade) {
    for (const auto* projects : {&installed.own, &installed.system_site_packages}) {
      for (const install::InstalledProject& project : projects->projects) {
        const specs::PackageName& name = project.distribution.name;
        if (name == pip_name() && !keeps_pip) continue;
        if (std::ranges::find(packages.upgraded, name) != packages.upgraded.end()) continue;
        if (!fits(project.distribution)) continue;
        problem.preferences.push_back({project.distribution.name, project.distribution.version});
      }
    }
  }
  if (installed.pip && keeps_pip) problem.preferences.push_back({pip_name(), *installed.pip});
  return problem;
}

resolve::Resolution PackagePlanner::solve(const resolve::Problem& problem) {
  resolve::SolveResult outcome = resolve::resolve(problem, provider_);
  if (const auto* failure = std::get_if<resolve::NoSolution>(&outcome)) refuse(*failure, problem);
  return std::get<resolve::Resolution>(std::move(outcome));
}

void PackagePlanner::refuse(const resolve::NoSolution& failure, const resolve::Problem& problem) {
  // If a damaged wheel is among the reasons, the damage is the error to report.
  if (const std::optional<Error> refusal = provider_.refusal_in(failure)) throw Error(*refusal);
  // Offline, `--upgrade-deps` needs the index page of pip in the cache.
  if (question_.request.upgrade_deps && question_.settings.offline &&
      provider_.candidates(pip_name()).absent) {
    throw Error(
        ExitCode::kNetwork,
        "the newest version of pip is unknown: the run is offline, and the cache does not have it")
        .with_hint("leave out `--offline`, or `--upgrade-deps`");
  }
  throw provider_.no_solution_error(failure, problem);
}

PackagePlan PackagePlanner::plan_for(const resolve::Resolution& resolution,
                                     const InstalledPackages& installed) {
  PackagePlan plan;
  const auto stays = [&](const resolve::ResolvedProject& project) {
    return is_there(project, installed.own) || is_there(project, installed.system_site_packages) ||
           is_installed_pip(project, installed);
  };
  plan.chosen = provider_.choose(resolution, stays);
  for (const resolve::ResolvedProject& project : resolution.projects) {
    const bool below =
        !is_there(project, installed.own) && is_there(project, installed.system_site_packages);
    if (below || is_installed_pip(project, installed)) continue;
    plan.has_pip |= project.name == pip_name();
    plan.wanted.push_back({.name = project.name,
                           .version = project.version,
                           .direct_url = question_.direct.direct_url(project.name),
                           .anew = has_changed(project, installed.own)});
  }
  compare(plan, installed.own);
  return plan;
}

void PackagePlanner::compare(PackagePlan& plan, const install::InstalledProjects& installed) const {
  install::Unwanted unwanted;
  unwanted.remove = question_.packages.sync;
  unwanted.kept_always.insert(pip_name());
  unwanted.named.insert(question_.packages.removed.begin(), question_.packages.removed.end());
  for (const install::WantedWheel& wanted : plan.wanted) {
    if (!unwanted.named.contains(wanted.name)) continue;
    throw Error(ExitCode::kNoSolution,
                "`" + wanted.name.as_written() + "` is to be removed, but the request needs it")
        .with_hint("leave out `--remove " + wanted.name.as_written() + "`");
  }
  plan.changes = install::plan_changes(installed, plan.wanted, unwanted);
}

/// Whether the wheel that a distribution was installed from fits the target and has one of the
/// digests of the request. A directory may have been filled for another platform or Python; an
/// environment has always had this Python.
bool PackagePlanner::fits(const install::Distribution& distribution) const {
  const auto hashes = question_.settings.required_hashes.find(distribution.name.normalized());
  if (hashes != question_.settings.required_hashes.end() &&
      !has_origin_of(distribution, hashes->second)) {
    return false;
  }
  if (!question_.request.environments.empty()) return true;
  const auto text = base::read_file_if_exists(distribution.dist_info / "WHEEL", base::kSmallText);
  const std::vector<std::string> lines = specs::Headers::parse(text.value_or("")).all("Tag");
  return lines.empty() || std::ranges::any_of(lines, [this](const std::string& line) {
           const auto tags = specs::try_parse_tags(line);
           return !tags || question_.target.tags.rank(*tags);
         });
}

/// Whether the same version has to be installed anew: the request says so, it was installed for
/// another platform or from a file with other digests than the request has, a directory has other
/// content than when it was installed, or files of a package that the user names are missing or
/// have other sizes.
bool PackagePlanner::has_changed(const resolve::ResolvedProject& project,
                                 const install::InstalledProjects& projects) const {
  const DirectFiles::Origin* const origin = question_.direct.find(project.name);
  const install::InstalledProject* const found = find_project(projects, project.name);
  if (found == nullptr) return false;
  const install::Distribution& installed = found->distribution;
  if (!fits(installed) || (question_.packages.reinstall && project.requested)) return true;
  const index::FetchedWheel* const built = origin == nullptr ? nullptr : origin->built_directory();
  if (built != nullptr && !install::has_content_of(installed, *built->archive)) return true;
  return project.requested && base::file_status(installed.dist_info / "RECORD") &&
         !install::is_complete(installed);
}

bool PackagePlanner::is_there(const resolve::ResolvedProject& project,
                              const install::InstalledProjects& projects) const {
  const install::InstalledProject* const found = find_project(projects, project.name);
  const std::string url = question_.direct.direct_url(project.name);
  return found != nullptr && found->distribution.version == project.version &&
         (url.empty() || found->direct_url == url) && !has_changed(project, projects);
}

}  // namespace ensure::bootstrap
