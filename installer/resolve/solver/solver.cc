#include "installer/resolve/solver/solver.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "installer/base/error.h"
#include "installer/resolve/explanation/proof.h"
#include "installer/resolve/solver/selection.h"
#include "installer/specs/requirements/dependencies.h"

namespace ensure::resolve {

Solver::Solver(const Problem& problem, Provider& provider)
    : problem_(problem),
      provider_(provider),
      projects_(problem),
      propagation_(clauses_, solution_),
      expansion_(problem, packages_, projects_, clauses_),
      prefetch_(provider) {}

ClauseId Solver::add_watched(Clause clause) {
  const ClauseId id = clauses_.add(std::move(clause));
  clauses_.watch(id);
  return id;
}

void Solver::add_user_requirement(const specs::Requirement& requirement) {
  const std::optional<specs::VersionSet> versions = versions_of(requirement, problem_);
  if (!versions) {
    throw base::Error(base::ExitCode::kFailure,
                      "nobody knows the version of `" + requirement.to_string() + "`");
  }
  const PackageId target = packages_.project(requirement.name);
  if (is_pin(requirement)) priorities_.note_pin(target);
  add_watched({{{target, {versions->complement(), true}}}, UserRequirement{&requirement}});
  for (const specs::PackageName& name : requirement.extras) {
    const PackageId extra = expansion_.extra(target, name);
    add_watched({{{extra, Allowed::present().complement()}}, UserRequirement{&requirement}});
  }
  met_.push_back(target);
}

void Solver::add_user_constraint(const specs::Requirement& constraint) {
  const std::optional<specs::VersionSet> versions = versions_of(constraint, problem_);
  if (!versions || versions->is_full()) return;
  const PackageId target = packages_.project(constraint.name);
  if (is_pin(constraint)) priorities_.note_pin(target);
  add_watched({{{target, {versions->complement(), false}}}, UserConstraint{&constraint}});
}

void Solver::add_staying(const StayingProject& staying) {
  const PackageId own = packages_.project(staying.name);
  const specs::VersionSet version = specs::VersionSet::exactly(staying.version);
  add_watched({{{own, {version.complement(), false}}}, StayingVersion{&staying}});
  for (const specs::Requirement& requirement : staying.requirements) {
    const std::optional<specs::VersionSet> versions = versions_of(requirement, problem_);
    if (!versions || requirement.name == staying.name) continue;
    const PackageId target = packages_.project(requirement.name);
    for (const specs::PackageName& name : requirement.extras) {
      const Allowed absent = Allowed::present().complement();
      const PackageId extra = expansion_.extra(target, name);
      add_watched({{{target, Allowed::present()}, {extra, absent}},
                   StayingRequirement{&staying, &requirement}});
    }
    if (versions->is_full()) continue;
    add_watched(
        {{{target, {versions->complement(), false}}}, StayingRequirement{&staying, &requirement}});
  }
}

void Solver::add_user_clauses() {
  for (const specs::Requirement& requirement : problem_.requirements) {
    if (applies(requirement, problem_)) add_user_requirement(requirement);
  }
  for (const specs::Requirement& constraint : problem_.constraints) {
    if (applies(constraint, problem_)) add_user_constraint(constraint);
  }
  for (const StayingProject& staying : problem_.staying) add_staying(staying);
}

Outcome Solver::run() {
  add_user_clauses();
  std::optional<ClauseId> end = propagate_all();
  while (!end) {
    prefetch_.projects(std::exchange(met_, {}), packages_, projects_, solution_);
    const std::optional<PackageId> package = priorities_.next(solution_, packages_);
    if (!package) return select(problem_, packages_, expansion_, chosen_, effort_);
    advance(*package);
    end = propagate(*package);
  }
  return prove(*end, clauses_, packages_, projects_, effort_);
}

std::optional<ClauseId> Solver::propagate(PackageId changed) {
  const std::optional<ClauseId> end = propagation_.run(changed);
  bool anew = false;
  std::vector<Conflict> conflicts = propagation_.take_conflicts();
  std::move(rejections_.begin(), rejections_.end(), std::back_inserter(conflicts));
  rejections_.clear();
  for (const Conflict& conflict : conflicts) {
    ++effort_.conflicts;
    if (priorities_.note_conflict(conflict, packages_)) anew = true;
  }
  if (end || !anew) return end;
  propagation_.backtrack(0);
  return propagate_all();
}

std::optional<ClauseId> Solver::propagate_all() {
  for (PackageId id = 0; id < packages_.size(); ++id) {
    if (const std::optional<ClauseId> end = propagation_.run(id)) return end;
  }
  return std::nullopt;
}

void Solver::ask_for_candidates(PackageId package) {
  const Candidates& candidates = provider_.candidates(packages_[package].name);
  project(package).learn(candidates);
  if (!candidates.absent) return;
  add_watched({{{package, Allowed::present()}}, AbsentProject{}});
}

void Solver::advance(PackageId package) {
  const specs::VersionSet allowed = solution_.allowed(package)->versions;
  const Project& own = project(package);
  if (own.candidates() == nullptr && !own.prefers_one_of(allowed)) {
    ask_for_candidates(package);
    if (own.candidates()->absent && !own.rules().preferred) return;
  }
  const std::optional<Choice> choice = own.choose(allowed);
  if (!choice) {
    add_watched({{{package, {allowed, false}}}, NoVersion{}});
    return;
  }
  if (expansion_.find(package, choice->version) == nullptr) {
    prefetch_.after(packages_[package].name, package, own, *choice, allowed);
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
  if (package >= chosen_.size()) chosen_.resize(package + 1);
  chosen_[package] = choice.version;
  solution_.decide(package, {specs::VersionSet::exactly(choice.version), false});
}

void Solver::refuse(PackageId package, const Choice& choice, const Unusable& unusable) {
  obstacles_.push_back(unusable);
  add_watched({{{package, {choice.alone, false}}}, UnusableVersion{&obstacles_.back()}});
}

std::optional<Unusable> Solver::obstacle_in(const Metadata& metadata) const {
  const std::optional<specs::SpecifierSet>& python = metadata.requires_python;
  if (python && !python->contains(problem_.python_version)) {
    return Unusable{Obstacle::kRequiresPython, "needs Python " + python->to_string()};
  }
  for (const specs::Requirement& requirement : metadata.requires_dist) {
    // Most have none, which is cheaper to see than whether they count.
    if (!requirement.url || versions_of(requirement, problem_)) continue;
    if (problem_.no_deps || !applies(requirement, problem_)) continue;
    return Unusable{Obstacle::kDirectReference, "depends on `" + requirement.to_string() +
                                                    "`, which is not among the requirements"};
  }
  return std::nullopt;
}

bool Solver::expand(PackageId package, const Choice& choice) {
  ++effort_.metadata_visits;
  const MetadataAnswer& answer = provider_.metadata(packages_[package].name, choice.version);
  if (const auto* const unusable = std::get_if<Unusable>(&answer)) {
    refuse(package, choice, *unusable);
    return false;
  }
  const Metadata& metadata = std::get<Metadata>(answer);
  if (const std::optional<Unusable> obstacle = obstacle_in(metadata)) {
    refuse(package, choice, *obstacle);
    return false;
  }
  specs::Dependencies dependencies =
      problem_.no_deps ? specs::Dependencies::none()
                       : specs::Dependencies(metadata.requires_dist, problem_.environment);
  if (dependencies.is_excessive()) {
    refuse(package, choice,
           {Obstacle::kMetadata, "has requirements for too many combinations of extras"});
    return false;
  }
  const Expansion::News news =
      expansion_.expand(package, choice, metadata, std::move(dependencies));
  met_.insert(met_.end(), news.targets.begin(), news.targets.end());
  for (const ClauseId clause : news.clauses) {
    if (!solution_.satisfies_all_but(clauses_[clause], package)) continue;
    note_rejection(package, clauses_[clause]);
    return false;
  }
  return true;
}

void Solver::note_rejection(PackageId package, const Clause& clause) {
  Conflict rejection{package, {}};
  for (const Term& term : clause.terms) {
    // What holds whatever is decided is not to blame.
    if (term.package == package) continue;
    if (solution_.first_within(term.package, term.allowed).level > 0) {
      rejection.causes.push_back(term.package);
    }
  }
  if (!rejection.causes.empty()) rejections_.push_back(std::move(rejection));
}

Outcome resolve(const Problem& problem, Provider& provider) {
  return Solver(problem, provider).run();
}

}  // namespace ensure::resolve
