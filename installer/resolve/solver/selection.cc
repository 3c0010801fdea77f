#include "installer/resolve/solver/selection.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>
#include <utility>

#include "installer/resolve/solver/projects.h"
#include "installer/specs/requirements/dependencies.h"

namespace ensure::resolve {
namespace {

/// The extras that a version says it provides, by their normal forms.
std::unordered_set<std::string> provided_extras(const Metadata& metadata) {
  std::unordered_set<std::string> names;
  for (const specs::PackageName& extra : metadata.provides_extra) names.insert(extra.normalized());
  return names;
}

/// Follows the requirements from the user's to the last.
class Selector {
 public:
  Selector(const Problem& problem, Packages& packages, const Expansion& expansion,
           const std::vector<std::optional<specs::Version>>& chosen)
      : problem_(problem), packages_(packages), expansion_(expansion), chosen_(chosen) {}

  std::vector<ResolvedProject> run() {
    for (const specs::Requirement& requirement : problem_.requirements) {
      if (applies(requirement, problem_)) follow(std::nullopt, requirement);
    }
    do {
      follow_waiting();
      for (const StayingProject& staying : problem_.staying) follow_extras(staying);
    } while (!waiting_.empty());
    return in_order();
  }

 private:
  struct Node {
    ResolvedProject project;
    const specs::Dependencies* dependencies = nullptr;
    std::unordered_set<std::string> provided_extras;
    std::unordered_set<std::string> known_extras;  ///< those that were met
    std::vector<PackageId> needs;
    bool placed = false;
  };

  void follow_waiting() {
    while (!waiting_.empty()) {
      const PackageId package = waiting_.back();
      waiting_.pop_back();
      follow_all(package);
    }
  }

  /// Follows only the extras that an installed project which stays requires of needed projects.
  void follow_extras(const StayingProject& staying) {
    for (const specs::Requirement& requirement : staying.requirements) {
      if (requirement.extras.empty() || requirement.name == staying.name) continue;
      const PackageId target = packages_.project(requirement.name);
      if (!nodes_.contains(target)) continue;
      for (const specs::PackageName& extra : requirement.extras) add_extra(target, extra);
    }
  }

  Node& node(PackageId id) {
    const auto there = nodes_.find(id);
    if (there != nodes_.end()) return there->second;
    const Expansion::Version& version = *expansion_.find(id, *chosen_[id]);
    Node node{
        {packages_[id].name, version.choice.version, {}, {}, false, version.choice.yanked, {}},
        &version.dependencies,
        provided_extras(*version.metadata),
        {},
        {},
        false};
    waiting_.push_back(id);
    return nodes_.emplace(id, std::move(node)).first->second;
  }

  void follow(std::optional<PackageId> parent, const specs::Requirement& requirement) {
    const PackageId target = packages_.project(requirement.name);
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
    waiting_.push_back(packages_.extra(project, extra));
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

  /// Depth first and without recursion, as chains of dependencies may be long.
  void place(PackageId first, std::vector<ResolvedProject>& ordered) {
    struct Step {
      PackageId id;
      std::vector<PackageId> open;  ///< dependencies, the next one last
    };
    std::vector<Step> steps;
    const auto enter = [&](PackageId id) {
      Node& own = nodes_.at(id);
      if (std::exchange(own.placed, true)) return;
      std::vector<PackageId> open = by_name(own.needs);
      std::reverse(open.begin(), open.end());
      steps.push_back({id, std::move(open)});
    };
    enter(first);
    while (!steps.empty()) {
      if (steps.back().open.empty()) {
        ordered.push_back(finished(nodes_.at(steps.back().id).project));
        steps.pop_back();
        continue;
      }
      const PackageId next = steps.back().open.back();
      steps.back().open.pop_back();
      enter(next);
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
  const std::vector<std::optional<specs::Version>>& chosen_;
  std::map<PackageId, Node> nodes_;
  std::vector<PackageId> waiting_;
  std::set<std::pair<std::optional<PackageId>, const specs::Requirement*>> followed_;
};

}  // namespace

Resolution select(const Problem& problem, Packages& packages, const Expansion& expansion,
                  const std::vector<std::optional<specs::Version>>& chosen, const Effort& effort) {
  return {Selector(problem, packages, expansion, chosen).run(), effort};
}

}  // namespace ensure::resolve
