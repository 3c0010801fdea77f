#include "installer/install/installed/requirement_graph.h"

#include <utility>

namespace ensure::install {

RequirementGraph::Node::Node(std::vector<specs::Requirement> all,
                             const specs::MarkerEnvironment& environment)
    : requirements(std::move(all)),
      dependencies(requirements, environment),
      followed(requirements.size(), false) {}

RequirementGraph::RequirementGraph(Requirements requirements,
                                   const specs::MarkerEnvironment& environment) {
  while (!requirements.empty()) {
    const auto one = requirements.extract(requirements.begin());
    nodes_.try_emplace(std::move(one.key()), std::move(one.mapped()), environment);
  }
}

void RequirementGraph::need(const std::string& project,
                            const std::vector<specs::PackageName>& extras) {
  waiting_.push_back({project, extras});
  while (!waiting_.empty()) {
    const Waiting next = std::move(waiting_.back());
    waiting_.pop_back();
    const auto found = nodes_.find(next.project);
    if (found != nodes_.end()) follow(found->second, next.extras);
  }
}

void RequirementGraph::follow(Node& node, const std::vector<specs::PackageName>& extras) {
  if (!std::exchange(node.needed, true)) follow_each(node, node.dependencies.of_project());
  for (const specs::PackageName& extra : extras) {
    if (!node.extras.insert(extra.normalized()).second) continue;
    follow_each(node, node.dependencies.of_extra(extra));
  }
}

void RequirementGraph::follow_each(Node& node, const specs::Dependencies::List& requirements) {
  for (const specs::Requirement* const requirement : requirements) {
    const auto position = static_cast<std::size_t>(requirement - node.requirements.data());
    if (node.followed[position]) continue;
    node.followed[position] = true;
    waiting_.push_back({requirement->name.normalized(), requirement->extras});
  }
}

bool RequirementGraph::is_needed(const std::string& project) const {
  const auto found = nodes_.find(project);
  return found != nodes_.end() && found->second.needed;
}

std::map<std::string, std::set<std::string>> RequirementGraph::needed_extras() const {
  std::map<std::string, std::set<std::string>> extras;
  for (const auto& [project, node] : nodes_) {
    if (!node.extras.empty()) extras.emplace_hint(extras.end(), project, node.extras);
  }
  return extras;
}

specs::Dependencies::List RequirementGraph::requirements_of_extra(
    const std::string& project, const specs::PackageName& extra) const {
  return nodes_.at(project).dependencies.of_extra(extra);
}

}  // namespace ensure::install
