#include "bootstrap/package_planner.h"

#include <optional>
#include <utility>
#include <variant>

#include "bootstrap/locked_packages.h"
#include "bootstrap/visible_projects.h"
#include "installer/base/error.h"
#include "installer/index/no_solution_error.h"
#include "installer/install/same_content.h"
#include "installer/resolve/resolve.h"
#include "installer/specs/lock_selection.h"

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

/// Whether it is the pip that the target gets or has.
bool is_present_pip(const resolve::ResolvedProject& project, const PresentPackages& present) {
  return present.pip && project.name == pip_name() && project.version == *present.pip;
}

}  // namespace

PackagePlan PackagePlanner::plan(const PresentPackages& present) {
  if (!question_.wanted.locks.empty()) return plan_of_locks(present.installed);
  const resolve::Problem problem = problem_for(present);
  tell_installed(provider_, present.installed, present.visible, problem.preferences);
  if (present.pip && !question_.request.upgrade_deps) {
    tell_seed(provider_, pip_name(), *present.pip);
  }
  provider_.expect(question_.wanted.requirements);
  const resolve::Resolution resolution = solve(problem);
  PackagePlan plan = plan_for(resolution, present);
  plan.warnings = choice_warnings(resolution, plan.chosen, problem);
  return plan;
}

/// A lock says it all: nothing is resolved.
PackagePlan PackagePlanner::plan_of_locks(const install::InstalledProjects& installed) const {
  if (!question_.wanted.requirements.empty()) {
    throw Error(ExitCode::kUsage, "a lock goes with no other requirements")
        .with_hint("lock those, too, or install them by a second run");
  }
  PackagePlan plan;
  for (const WantedLock& lock : question_.wanted.locks) {
    const specs::LockTarget target{.environment = question_.target.environment,
                                   .tags = question_.target.tags,
                                   .extras = lock.extras,
                                   .groups = std::nullopt,
                                   .formats = question_.packages.formats};
    for (index::ChosenFile& file : locked_files(lock, target, question_.packages)) {
      plan.wanted.push_back(
          {.name = file.project.name, .version = file.project.version, .direct_url = {}});
      plan.has_pip |= file.project.name == pip_name();
      if (!is_there(file.project, installed)) plan.chosen.push_back(std::move(file));
    }
  }
  compare(plan, installed);
  return plan;
}

resolve::Problem PackagePlanner::problem_for(const PresentPackages& present) const {
  const PackageRequest& packages = question_.packages;
  resolve::Problem problem;
  problem.requirements = question_.wanted.requirements;
  problem.constraints = question_.wanted.constraints;
  problem.direct_references = question_.direct.references();
  problem.environment = question_.target.environment;
  problem.python_version = question_.target.python_version;
  problem.strategy = question_.settings.resolution;
  problem.prereleases =
      packages.pre ? resolve::PrereleasePolicy::kAllow : resolve::PrereleasePolicy::kIfNecessary;
  problem.no_deps = packages.no_deps;
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
  return problem;
}

resolve::Resolution PackagePlanner::solve(const resolve::Problem& problem) {
  resolve::Outcome outcome = resolve::resolve(problem, provider_);
  if (const auto* failure = std::get_if<resolve::NoSolution>(&outcome)) {
    // A damaged wheel among the reasons is the error, not that nothing else is left.
    if (const std::optional<Error> refusal = provider_.refusal_in(*failure)) throw Error(*refusal);
    if (question_.request.upgrade_deps && question_.settings.offline) refuse_upgrade(provider_);
    throw index::no_solution_error(*failure, problem, provider_, question_.settings);
  }
  return std::get<resolve::Resolution>(std::move(outcome));
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
