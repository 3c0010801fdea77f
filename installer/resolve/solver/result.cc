#include "installer/resolve/solver/result.h"

#include <algorithm>
#include <map>
#include <optional>
#include <ranges>
#include <set>
#include <string>
#include <unordered_set>
#include <utility>

#include "installer/specs/requirements/dependencies.h"

namespace ensure::resolve {
namespace {

/// Follows all requirements, beginning with those of the user.
class Selector {
 public:
  Selector(const Problem& problem, Packages& packages, const Expansion& expansion,
           const std::vector<std::optional<specs::Version>>& decisions)
      : problem_(problem), packages_(packages), expansion_(expansion), decisions_(decisions) {}

  std::vector<ResolvedProject> run() {
    for (const specs::Requirement& requirement : problem_.requirements) {
      if (applies(requirement, problem_)) follow(std::nullopt, requirement);
    }
    do {
      while (!waiting_.empty()) {
        const PackageId package = waiting_.back();
        waiting_.pop_back();
        follow_all(package);
      }
      for (const StayingProject& staying : problem_.staying) follow_extras(staying);
    } while (!waiting_.empty());
    return in_order();
  }

 private:
  struct Node {
    ResolvedProject project;
    const specs::Dependencies* dependencies = nullptr;
    std::unordered_set<std::string> provided_extras;
    std::unordered_set<std::string> known_extras;  ///< provided or not
    std::vector<PackageId> needs;
    bool is_visited = false;
  };

  /// Adds the extras of needed projects that a staying project requires.
  void follow_extras(const StayingProject& staying) {
    for (const specs::Requirement& requirement : staying.requirements) {
      if (requirement.extras.empty() || requirement.name == staying.name) continue;
      const PackageId target = packages_.id_of(requirement.name);
      if (!nodes_.contains(target)) continue;
      for (const specs::PackageName& extra : requirement.extras) add_extra(target, extra);
    }
  }

  Node& node(PackageId id) {
    const auto there = nodes_.find(id);
    if (there != nodes_.end()) return there->second;
    const Expansion::Version& version = *expansion_.find(id, *decisions_[id]);
    Node node{
        {packages_[id].name, version.choice.version, {}, {}, false, version.choice.yanked, {}},
        &version.dependencies,
        {},
        {},
        {},
        false};
    for (const specs::PackageName& extra : version.metadata->provides_extra) {
      node.provided_extras.insert(extra.normalized());
    }
    waiting_.push_back(id);
    return nodes_.emplace(id, std::move(node)).first->second;
  }

  void follow(std::optional<PackageId> parent, const specs::Requirement& requirement) {
    const PackageId target = packages_.id_of(requirement.name);
    // Several extras may bring the same requirement.
    if (!followed_.emplace(parent, &requirement).second) return;
    if (parent != target) {
      Origin origin{std::nullopt, requirement};
      if (parent) origin.parent = packages_[*parent].name;
      node(target).project.origins.push_back(std::move(origin));
      if (parent) node(*parent).needs.push_back(target);
    }
    if (!parent) node(target).project.requested = true;
    for (const specs::PackageName& extra : requirement.extras) add_extra(target, extra);
  }

  void add_extra(PackageId project, const specs::PackageName& extra) {
    Node& own = node(project);
    if (!own.known_extras.insert(extra.normalized()).second) return;
    const bool there = own.provided_extras.contains(extra.normalized()) ||
                       !own.dependencies->of_extra(extra).empty();
    (there ? own.project.extras : own.project.missing_extras).push_back(extra);
    waiting_.push_back(packages_.id_of_extra(project, extra));
  }

  void follow_all(PackageId package) {
    const PackageId project = packages_[package].project;
    const specs::Dependencies& dependencies = *node(project).dependencies;
    const std::optional<specs::PackageName> extra = packages_[package].extra;
    for (const specs::Requirement* const requirement :
         extra ? dependencies.of_extra(*extra) : dependencies.of_project()) {
      follow(project, *requirement);
    }
  }

  std::vector<PackageId> by_name(std::vector<PackageId> ids) const {
    std::sort(ids.begin(), ids.end(), [this](PackageId left, PackageId right) {
      return packages_[left].name < packages_[right].name;
    });
    return ids;
  }

  std::vector<ResolvedProject> in_order() {
    std::vector<PackageId> ids;
    ids.reserve(nodes_.size());
    for (const auto& [id, found] : nodes_) ids.push_back(id);
    std::vector<ResolvedProject> ordered;
    for (const PackageId id : by_name(ids)) place(id, ordered);
    return ordered;
  }

  /// Depth first, without recursion, as chains of dependencies may be long.
  void place(PackageId first, std::vector<ResolvedProject>& ordered) {
    struct Step {
      PackageId id;
      bool is_last = false;  ///< whether all its dependencies have been placed
    };
    std::vector<Step> steps = {{first}};
    while (!steps.empty()) {
      const auto [id, is_last] = steps.back();
      steps.pop_back();
      Node& own = nodes_.at(id);
      if (is_last) ordered.push_back(finished(own.project));
      if (std::exchange(own.is_visited, true)) continue;
      steps.push_back({id, true});
      for (const PackageId need : std::views::reverse(by_name(own.needs))) steps.push_back({need});
    }
  }

  static ResolvedProject finished(ResolvedProject& project) {
    std::sort(project.extras.begin(), project.extras.end());
    std::sort(project.missing_extras.begin(), project.missing_extras.end());
    std::ranges::stable_sort(project.origins, [](const Origin& left, const Origin& right) {
      return left.parent < right.parent;
    });
    return std::move(project);
  }

  const Problem& problem_;
  Packages& packages_;
  const Expansion& expansion_;
  const std::vector<std::optional<specs::Version>>& decisions_;
  std::map<PackageId, Node> nodes_;
  std::vector<PackageId> waiting_;
  std::set<std::pair<std::optional<PackageId>, const specs::Requirement*>> followed_;
};

/// The incompatibilities that `end` follows from. Each has a larger number than those that it
/// follows from.
std::set<IncompatibilityId> needed_for(IncompatibilityId end,
                                       const Incompatibilities& incompatibilities) {
  std::set<IncompatibilityId> needed;
  std::vector<IncompatibilityId> open = {end};
  while (!open.empty()) {
    const IncompatibilityId id = open.back();
    open.pop_back();
    const IncompatibilityOrigin& origin = incompatibilities[id].origin;
    if (!needed.insert(id).second || origin.reason != ProofStep::Reason::kDerived) continue;
    open.push_back(origin.left);
    open.push_back(origin.right);
  }
  return needed;
}

/// Replaces the numbers of packages and incompatibilities by names and places in the proof.
ProofStep proof_step(const Incompatibility& incompatibility, const Packages& packages,
                     const std::map<IncompatibilityId, std::size_t>& places) {
  const IncompatibilityOrigin& origin = incompatibility.origin;
  ProofStep step;
  step.reason = origin.reason;
  for (const PackageTerm& own : incompatibility.terms) {
    const Package& package = packages[own.package];
    step.terms.push_back({package.name, package.extra, own.term});
  }
  if (origin.requirement != nullptr) step.requirement = *origin.requirement;
  if (origin.unavailable != nullptr) step.unavailable = *origin.unavailable;
  if (origin.staying != nullptr) {
    const Term version{specs::VersionSet::exactly(origin.staying->version), false};
    step.source = ProofTerm{origin.staying->name, std::nullopt, version};
    step.staying = origin.staying->version;
  }
  if (origin.reason == ProofStep::Reason::kDependency) {
    const Package& source = packages[origin.dependent];
    step.source = ProofTerm{source.name, source.extra, incompatibility.term_of(source.project)};
  }
  if (origin.reason == ProofStep::Reason::kDerived) {
    step.left = places.at(origin.left);
    step.right = places.at(origin.right);
  }
  return step;
}

KnownProject known(const Project& project) {
  const Candidates& candidates = *project.candidates();
  KnownProject result{{}, candidates.absent, candidates.hint};
  for (const Candidate& candidate : candidates.versions) {
    result.versions.push_back({candidate.version, project.unavailable(candidate)});
  }
  return result;
}

}  // namespace

Resolution make_resolution(const Problem& problem, Packages& packages, const Expansion& expansion,
                           const std::vector<std::optional<specs::Version>>& decisions,
                           const Effort& effort) {
  return {Selector(problem, packages, expansion, decisions).run(), effort};
}

NoSolution make_proof(IncompatibilityId end, const Incompatibilities& incompatibilities,
                      const Packages& packages, const Effort& effort) {
  NoSolution result;
  result.effort = effort;
  std::map<IncompatibilityId, std::size_t> places;
  for (const IncompatibilityId id : needed_for(end, incompatibilities)) {
    result.steps.push_back(proof_step(incompatibilities[id], packages, places));
    places.emplace(id, places.size());
    for (const PackageTerm& own : incompatibilities[id].terms) {
      const Project& project = packages.project(packages[own.package].project);
      if (project.candidates() == nullptr) continue;
      const std::string& name = packages[own.package].name.normalized();
      if (!result.projects.contains(name)) result.projects.emplace(name, known(project));
    }
  }
  return result;
}

}  // namespace ensure::resolve
