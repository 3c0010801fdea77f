#include "installer/resolve/solver/solver.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "installer/base/error.h"
#include "installer/resolve/solver/result.h"
#include "installer/specs/requirements/dependencies.h"

namespace ensure::resolve {

Solver::Solver(const Problem& problem, Provider& provider)
    : problem_(problem),
      provider_(provider),
      packages_(problem),
      propagation_(incompatibilities_, solution_),
      expansion_(problem, packages_, incompatibilities_),
      prefetcher_(provider) {}

void Solver::add_watched(Incompatibility incompatibility) {
  incompatibilities_.watch(incompatibilities_.add(std::move(incompatibility)));
}

void Solver::add_user_requirement(const specs::Requirement& requirement) {
  const std::optional<specs::VersionSet> versions = versions_of(requirement, problem_);
  if (!versions) {
    throw base::Error(base::ExitCode::kFailure,
                      "the version of `" + requirement.to_string() + "` is unknown");
  }
  const PackageId target = packages_.id_of(requirement.name);
  if (is_pin(requirement)) priorities_.note_pin(target);
  add_watched({{{target, {versions->complement(), true}}}, UserRequirement{&requirement}});
  for (const specs::PackageName& name : requirement.extras) {
    const PackageId extra = expansion_.extra(target, name);
    add_watched({{{extra, Term::present().complement()}}, UserRequirement{&requirement}});
  }
  new_.push_back(target);
}

void Solver::add_user_constraint(const specs::Requirement& constraint) {
  const std::optional<specs::VersionSet> versions = versions_of(constraint, problem_);
  if (!versions || versions->is_full()) return;
  const PackageId target = packages_.id_of(constraint.name);
  if (is_pin(constraint)) priorities_.note_pin(target);
  add_watched({{{target, {versions->complement(), false}}}, UserConstraint{&constraint}});
}

void Solver::add_staying(const StayingProject& staying) {
  const PackageId own = packages_.id_of(staying.name);
  const specs::VersionSet version = specs::VersionSet::exactly(staying.version);
  add_watched({{{own, {version.complement(), false}}}, StayingVersion{&staying}});
  for (const specs::Requirement& requirement : staying.requirements) {
    const std::optional<specs::VersionSet> versions = versions_of(requirement, problem_);
    if (!versions || requirement.name == staying.name) continue;
    const PackageId target = packages_.id_of(requirement.name);
    const StayingRequirement origin{&staying, &requirement};
    for (const specs::PackageName& name : requirement.extras) {
      const PackageId extra = expansion_.extra(target, name);
      add_watched({{{target, Term::present()}, {extra, Term::present().complement()}}, origin});
    }
    if (versions->is_full()) continue;
    add_watched({{{target, {versions->complement(), false}}}, origin});
  }
}

void Solver::add_user_incompatibilities() {
  for (const specs::Requirement& requirement : problem_.requirements) {
    if (applies(requirement, problem_)) add_user_requirement(requirement);
  }
  for (const specs::Requirement& constraint : problem_.constraints) {
    if (applies(constraint, problem_)) add_user_constraint(constraint);
  }
  for (const StayingProject& staying : problem_.staying) add_staying(staying);
}

SolveResult Solver::run() {
  add_user_incompatibilities();
  std::optional<IncompatibilityId> end = propagate_all();
  while (!end) {
    prefetcher_.announce_projects(std::exchange(new_, {}), packages_, solution_);
    const std::optional<PackageId> package = priorities_.next(solution_, packages_);
    if (!package) return make_resolution(problem_, packages_, expansion_, decisions_, effort_);
    advance(*package);
    end = propagate(*package);
  }
  return make_proof(*end, incompatibilities_, packages_, effort_);
}

std::optional<IncompatibilityId> Solver::propagate(PackageId changed) {
  const std::optional<IncompatibilityId> end = propagation_.run(changed);
  bool has_new_order = false;
  std::vector<Conflict> conflicts = propagation_.take_conflicts();
  std::ranges::move(std::exchange(rejections_, {}), std::back_inserter(conflicts));
  for (const Conflict& conflict : conflicts) {
    ++effort_.conflicts;
    if (priorities_.note_conflict(conflict, packages_)) has_new_order = true;
  }
  if (end || !has_new_order) return end;
  propagation_.backtrack(0);
  return propagate_all();
}

std::optional<IncompatibilityId> Solver::propagate_all() {
  for (PackageId id = 0; id < packages_.size(); ++id) {
    if (const std::optional<IncompatibilityId> end = propagation_.run(id)) return end;
  }
  return std::nullopt;
}

void Solver::ask_for_candidates(PackageId package) {
  const Candidates& candidates = provider_.candidates(packages_[package].name);
  packages_.project(package).learn(candidates);
  if (candidates.absent) add_watched({{{package, Term::present()}}, AbsentProject{}});
}

void Solver::advance(PackageId package) {
  const specs::VersionSet allowed = solution_.term(package)->versions;
  const Project& project = packages_.project(package);
  if (project.candidates() == nullptr && !project.prefers_one_of(allowed)) {
    ask_for_candidates(package);
    if (project.candidates()->absent && project.usable().empty()) return;
  }
  const std::optional<Choice> choice = project.choose(allowed);
  if (!choice) {
    add_watched({{{package, {allowed, false}}}, NoVersion{}});
    return;
  }
  if (expansion_.find(package, choice->version) == nullptr) {
    prefetcher_.announce_versions(packages_[package], project, *choice, allowed);
    if (!expand(package, *choice)) return;
  }
  decide(package, *choice);
}

void Solver::decide(PackageId package, const Choice& choice) {
  if (++effort_.decisions > problem_.decision_limit && problem_.decision_limit != 0) {
    throw base::Error(
        base::ExitCode::kNoSolution,
        "no solution was found within " + std::to_string(problem_.decision_limit) + " decisions")
        .with_hint("bound the versions of the projects that you name more tightly");
  }
  if (package >= decisions_.size()) decisions_.resize(package + 1);
  decisions_[package] = choice.version;
  solution_.decide(package, {specs::VersionSet::exactly(choice.version), false});
}

void Solver::add_unavailable(PackageId package, const Choice& choice, Unavailable unavailable) {
  unavailable_.push_back(std::move(unavailable));
  add_watched({{{package, {choice.alone, false}}}, UnavailableVersion{&unavailable_.back()}});
}

std::optional<Unavailable> Solver::unavailable_by(const Metadata& metadata) const {
  const std::optional<specs::SpecifierSet>& python = metadata.requires_python;
  if (python && !python->contains(problem_.python_version)) {
    return Unavailable{UnavailableReason::kRequiresPython, "needs Python " + python->to_string()};
  }
  for (const specs::Requirement& requirement : metadata.requires_dist) {
    // Most requirements have no URL, so the cheaper test comes first.
    if (!requirement.url || versions_of(requirement, problem_)) continue;
    if (problem_.no_deps || !applies(requirement, problem_)) continue;
    return Unavailable{
        UnavailableReason::kDirectReference,
        "depends on `" + requirement.to_string() + "`, which is not among the requirements"};
  }
  return std::nullopt;
}

bool Solver::expand(PackageId package, const Choice& choice) {
  ++effort_.metadata_visits;
  const MetadataAnswer& answer = provider_.metadata(packages_[package].name, choice.version);
  if (const auto* const unavailable = std::get_if<Unavailable>(&answer)) {
    add_unavailable(package, choice, *unavailable);
    return false;
  }
  const Metadata& metadata = std::get<Metadata>(answer);
  if (std::optional<Unavailable> unavailable = unavailable_by(metadata)) {
    add_unavailable(package, choice, *std::move(unavailable));
    return false;
  }
  specs::Dependencies dependencies =
      problem_.no_deps ? specs::Dependencies::none()
                       : specs::Dependencies(metadata.requires_dist, problem_.environment);
  if (dependencies.is_excessive()) {
    add_unavailable(
        package, choice,
        {UnavailableReason::kMetadata, "has requirements for too many combinations of extras"});
    return false;
  }
  const Expansion::News news =
      expansion_.expand(package, choice, metadata, std::move(dependencies));
  new_.insert(new_.end(), news.targets.begin(), news.targets.end());
  for (const IncompatibilityId id : news.incompatibilities) {
    if (!solution_.satisfies_all_but(incompatibilities_[id], package)) continue;
    note_rejection(package, incompatibilities_[id]);
    return false;
  }
  return true;
}

void Solver::note_rejection(PackageId package, const Incompatibility& violated) {
  Conflict rejection{package, {}};
  for (const PackageTerm& own : violated.terms) {
    if (own.package == package) continue;
    // A term that holds without any decision is not to blame.
    if (solution_.satisfier(own.package, own.term).level > 0) {
      rejection.causes.push_back(own.package);
    }
  }
  if (!rejection.causes.empty()) rejections_.push_back(std::move(rejection));
}

SolveResult resolve(const Problem& problem, Provider& provider) {
  return Solver(problem, provider).run();
}

}  // namespace ensure::resolve
