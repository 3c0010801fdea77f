#include "installer/resolve/explanation/proof.h"

#include <set>
#include <utility>
#include <variant>

namespace ensure::resolve {
namespace {

/// The incompatibilities that the last one follows from; each is made after those that it follows
/// from.
std::set<IncompatibilityId> needed_for(IncompatibilityId end,
                                       const Incompatibilities& incompatibilities) {
  std::set<IncompatibilityId> needed;
  std::vector<IncompatibilityId> open = {end};
  while (!open.empty()) {
    const IncompatibilityId id = open.back();
    open.pop_back();
    if (!needed.insert(id).second) continue;
    const auto* const derived = std::get_if<Derived>(&incompatibilities[id].origin);
    if (derived == nullptr) continue;
    open.push_back(derived->left);
    open.push_back(derived->right);
  }
  return needed;
}

/// Words an incompatibility without the solver's numbers.
class StepWriter {
 public:
  StepWriter(const Packages& packages, const std::map<IncompatibilityId, std::size_t>& places)
      : packages_(packages), places_(places) {}

  ProofStep write(const Incompatibility& incompatibility) {
    step_ = {};
    for (const PackageTerm& term : incompatibility.terms) step_.terms.push_back(written(term));
    std::visit(*this, incompatibility.origin);
    return std::move(step_);
  }

  void operator()(const UserRequirement& origin) {
    step_.reason = ProofStep::Reason::kRequirement;
    step_.requirement = *origin.requirement;
  }
  void operator()(const UserConstraint& origin) {
    step_.reason = ProofStep::Reason::kConstraint;
    step_.requirement = *origin.requirement;
  }
  void operator()(const StayingVersion& origin) {
    step_.reason = ProofStep::Reason::kStays;
    add_source(*origin.project);
  }
  void operator()(const StayingRequirement& origin) {
    step_.reason = ProofStep::Reason::kStaysNeeding;
    add_source(*origin.project);
    step_.requirement = *origin.requirement;
  }
  void operator()(const DependencyOf& origin) {
    step_.reason = ProofStep::Reason::kDependency;
    step_.requirement = *origin.requirement;
    const Package& source = packages_[origin.package];
    step_.source = ProofTerm{source.name, source.extra, {}};
    for (const ProofTerm& term : step_.terms) {
      if (term.name == source.name && !term.extra) step_.source->term = term.term;
    }
  }
  void operator()(const NoVersion& /*origin*/) { step_.reason = ProofStep::Reason::kNoVersion; }
  void operator()(const AbsentProject& /*origin*/) { step_.reason = ProofStep::Reason::kAbsent; }
  void operator()(const UnusableVersion& origin) {
    step_.reason = ProofStep::Reason::kUnavailable;
    step_.unavailable = *origin.unavailable;
  }
  void operator()(const Derived& origin) {
    step_.left = places_.at(origin.left);
    step_.right = places_.at(origin.right);
  }

 private:
  void add_source(const StayingProject& project) {
    const Term version{specs::VersionSet::exactly(project.version), false};
    step_.source = ProofTerm{project.name, std::nullopt, version};
    step_.staying = project.version;
  }
  [[nodiscard]] ProofTerm written(const PackageTerm& term) const {
    return {packages_[term.package].name, packages_[term.package].extra, term.term};
  }

  const Packages& packages_;
  const std::map<IncompatibilityId, std::size_t>& places_;
  ProofStep step_;
};

KnownProject known(const Project& project) {
  KnownProject result;
  if (project.candidates() == nullptr) return result;
  result.absent = project.candidates()->absent;
  result.hint = project.candidates()->hint;
  for (const Candidate& candidate : project.candidates()->versions) {
    result.versions.push_back({candidate.version, obstacle_of(candidate, project.rules())});
  }
  return result;
}

}  // namespace

NoSolution prove(IncompatibilityId end, const Incompatibilities& incompatibilities,
                 const Packages& packages, Projects& projects, const Effort& effort) {
  NoSolution result;
  result.effort = effort;
  std::map<IncompatibilityId, std::size_t> places;
  std::set<PackageId> concerned;
  for (const IncompatibilityId id : needed_for(end, incompatibilities)) {
    result.steps.push_back(StepWriter(packages, places).write(incompatibilities[id]));
    places.emplace(id, places.size());
    for (const PackageTerm& term : incompatibilities[id].terms)
      concerned.insert(packages[term.package].project);
  }
  for (const PackageId id : concerned) {
    const Project& project = projects.at(id, packages[id].name);
    if (project.candidates() == nullptr) continue;
    result.projects.emplace(packages[id].name.normalized(), known(project));
  }
  return result;
}

}  // namespace ensure::resolve
