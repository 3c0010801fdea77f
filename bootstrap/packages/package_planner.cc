#include "bootstrap/packages/package_planner.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "bootstrap/packages/locked_packages.h"
#include "bootstrap/packages/visible_projects.h"
#include "installer/base/error.h"
#include "installer/index/candidates/no_solution_error.h"
#include "installer/install/transaction/same_content.h"
#include "installer/resolve/resolve.h"
#include "installer/specs/locks/lock_selection.h"

namespace ensure::bootstrap {

namespace {

using base::Error;
using base::ExitCode;

const specs::PackageName& pip_name() {
  static const specs::PackageName kName = specs::PackageName::parse("pip");
  return kName;
}

/// What `--upgrade-deps` asks for is the newest pip of an index.
void refuse_upgrade(index::IndexProvider& provider) {
  if (!provider.candidates(pip_name()).absent) return;
  throw base::Error(base::ExitCode::kNetwork,
                    "the newest pip cannot be asked for offline, nor is it cached")
      .with_hint("leave out `--offline`, or `--upgrade-deps`");
}

/// The versions that the target gets, including that of the bundled pip.
std::vector<BrokenRequirements::Choice> choices_of(const resolve::Resolution& resolution,
                                                   const PresentPackages& present) {
  std::vector<BrokenRequirements::Choice> choices;
  choices.reserve(resolution.projects.size() + 1);
  if (present.pip) choices.push_back({pip_name(), *present.pip});
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
  for (const install::Conflict& conflict : broken.visible) {
    plan.warnings.push_back(describe(conflict) +
                            " (it is outside of the environment, and not changed)");
  }
}

/// Whether it is the pip that the target gets or has.
bool is_present_pip(const resolve::ResolvedProject& project, const PresentPackages& present) {
  return present.pip && project.name == pip_name() && project.version == *present.pip;
}

}  // namespace

PackagePlan PackagePlanner::plan(const PresentPackages& present,
                                 const std::vector<specs::Requirement>& carried) {
  if (!question_.wanted.locks.empty()) {
    PackagePlan plan = plan_of_locks(present.installed);
    check_installed(plan, present);
    return plan;
  }
  resolve::Problem problem = problem_for(present, carried);
  tell_installed(provider_, present.installed, present.visible, problem.preferences);
  if (present.pip && !question_.request.upgrade_deps) {
    tell_seed(provider_, pip_name(), *present.pip);
  }
  provider_.expect(problem.requirements);
  const Solution solution = solve_keeping_installed(problem, present);
  PackagePlan plan = plan_for(solution.resolution, present);
  plan.warnings = choice_warnings(solution.resolution, plan.chosen, problem);
  add_conflicts(plan, solution.broken);
  return plan;
}

/// Solves first without the requirements of installed packages: mostly none breaks, and METADATA
/// need not be read. Packages that would break bound the next attempt.
PackagePlanner::Solution PackagePlanner::solve_keeping_installed(resolve::Problem& problem,
                                                                 const PresentPackages& present) {
  Solution first{solve(problem), {}};
  // As with pip, `--no-deps` also switches the check off.
  if (question_.packages.no_deps) return first;
  BrokenRequirements requirements(present, problem.environment, question_.packages.sync);
  first.broken = requirements.find(choices_of(first.resolution, present));
  Solution solution = first;
  while (requirements.add_staying(solution.broken, problem.staying)) {
    resolve::Outcome outcome = resolve::resolve(problem, provider_);
    if (const auto* failure = std::get_if<resolve::NoSolution>(&outcome)) {
      if (question_.packages.allow_conflicts) return first;
      refuse(*failure, problem);
    }
    solution.resolution = std::get<resolve::Resolution>(std::move(outcome));
    solution.broken = requirements.find(choices_of(solution.resolution, present));
  }
  refuse_broken(solution.broken, "no versions satisfy the requirements of the installed packages");
  return solution;
}

/// Checks the versions of a lock, for which there is no alternative.
void PackagePlanner::check_installed(PackagePlan& plan, const PresentPackages& present) const {
  std::vector<BrokenRequirements::Choice> choices;
  choices.reserve(plan.wanted.size());
  for (const install::WantedWheel& wanted : plan.wanted) {
    choices.push_back({wanted.name, wanted.version});
  }
  BrokenRequirements requirements(present, question_.target.environment, question_.packages.sync);
  const BrokenRequirements::Found broken = requirements.find(choices);
  refuse_broken(broken, "the lock would break installed packages");
  add_conflicts(plan, broken);
}

void PackagePlanner::refuse_broken(const BrokenRequirements::Found& broken,
                                   const std::string& message) const {
  if (broken.installed.empty() || question_.packages.allow_conflicts) return;
  Error error(ExitCode::kNoSolution, message);
  for (const install::Conflict& conflict : broken.installed) error.add_context(describe(conflict));
  throw std::move(error)
      .with_hint("`--sync` removes packages that the request does not need")
      .with_hint("`--allow-conflicts` installs nevertheless, and breaks installed packages");
}

/// A lock says it all: nothing is resolved.
PackagePlan PackagePlanner::plan_of_locks(const install::InstalledProjects& installed) const {
  if (!question_.wanted.requirements.empty()) {
    throw Error(ExitCode::kUsage, "a lock goes with no other requirements")
        .with_hint("lock those, too, or install them by a second run");
  }
  PackagePlan plan;
  for (const WantedLock& lock : question_.wanted.locks) {
    for (index::ChosenFile& file : locked_files(lock, question_.target, question_.packages)) {
      plan.wanted.push_back(
          {.name = file.project.name, .version = file.project.version, .direct_url = {}});
      plan.has_pip |= file.project.name == pip_name();
      if (!is_there(file.project, installed)) plan.chosen.push_back(std::move(file));
    }
  }
  compare(plan, installed);
  return plan;
}

resolve::Problem PackagePlanner::problem_for(const PresentPackages& present,
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
  add_preferences(problem, present);
  return problem;
}

void PackagePlanner::add_preferences(resolve::Problem& problem,
                                     const PresentPackages& present) const {
  // Packages that the request names are upgraded with the Python; the others keep their versions.
  for (const resolve::Preference& carried : present.carried.versions) {
    const auto is_named = [&](const specs::Requirement& requirement) {
      return requirement.name == carried.name;
    };
    if (std::ranges::any_of(question_.wanted.requirements, is_named)) continue;
    problem.preferences.push_back(carried);
  }
  const bool keeps_pip = !question_.request.upgrade_deps;
  if (!question_.request.upgrade) {
    for (const auto* projects : {&present.installed, &present.visible}) {
      for (const install::InstalledProject& project : projects->projects) {
        if (project.distribution.name == pip_name() && !keeps_pip) continue;
        problem.preferences.push_back({project.distribution.name, project.distribution.version});
      }
    }
  }
  if (present.pip && keeps_pip) problem.preferences.push_back({pip_name(), *present.pip});
}

resolve::Resolution PackagePlanner::solve(const resolve::Problem& problem) {
  resolve::Outcome outcome = resolve::resolve(problem, provider_);
  if (const auto* failure = std::get_if<resolve::NoSolution>(&outcome)) refuse(*failure, problem);
  return std::get<resolve::Resolution>(std::move(outcome));
}

void PackagePlanner::refuse(const resolve::NoSolution& failure, const resolve::Problem& problem) {
  // If a damaged wheel is among the reasons, the damage is the error to report.
  if (const std::optional<Error> refusal = provider_.refusal_in(failure)) throw Error(*refusal);
  if (question_.request.upgrade_deps && question_.settings.offline) refuse_upgrade(provider_);
  throw index::no_solution_error(failure, problem, provider_, question_.settings);
}

PackagePlan PackagePlanner::plan_for(const resolve::Resolution& resolution,
                                     const PresentPackages& present) {
  PackagePlan plan;
  const auto stays = [&](const resolve::ResolvedProject& project) {
    return is_there(project, present.installed) || is_there(project, present.visible) ||
           is_present_pip(project, present);
  };
  plan.chosen = provider_.choose(resolution, stays);
  for (const resolve::ResolvedProject& project : resolution.projects) {
    const bool below = !is_there(project, present.installed) && is_there(project, present.visible);
    if (below || is_present_pip(project, present)) continue;
    plan.has_pip |= project.name == pip_name();
    plan.wanted.push_back({.name = project.name,
                           .version = project.version,
                           .direct_url = question_.direct.direct_url(project.name),
                           .anew = has_changed(project, present.installed)});
  }
  compare(plan, present.installed);
  return plan;
}

void PackagePlanner::compare(PackagePlan& plan, const install::InstalledProjects& installed) const {
  install::Unwanted unwanted;
  unwanted.remove = question_.packages.sync;
  unwanted.kept_always.insert(pip_name());
  plan.changes = install::plan_changes(installed, plan.wanted, unwanted);
}

/// A folder may have other content than when it was installed, though its version is the same.
bool PackagePlanner::has_changed(const resolve::ResolvedProject& project,
                                 const install::InstalledProjects& projects) const {
  const DirectFiles::Origin* const origin = question_.direct.find(project.name);
  const install::InstalledProject* const found = find_project(projects, project.name);
  return origin != nullptr && origin->built_folder && found != nullptr &&
         !install::has_content_of(found->distribution, *origin->built_folder->archive);
}

bool PackagePlanner::is_there(const resolve::ResolvedProject& project,
                              const install::InstalledProjects& projects) const {
  const install::InstalledProject* const found = find_project(projects, project.name);
  const std::string url = question_.direct.direct_url(project.name);
  return found != nullptr && found->distribution.version == project.version &&
         (url.empty() || found->direct_url == url) && !has_changed(project, projects);
}

}  // namespace ensure::bootstrap
