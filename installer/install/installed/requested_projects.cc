#include "installer/install/installed/requested_projects.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "installer/base/file.h"
#include "installer/base/text.h"
#include "installer/install/installed/installed_requirements.h"
#include "installer/specs/metadata/core_metadata.h"
#include "installer/specs/requirements/requirement.h"

namespace ensure::install {

namespace {

bool was_requested(const InstalledProject& project) {
  constexpr std::array<std::string_view, 3> kMarking = {"pip", "uv", "ensure"};
  if (project.requested || !project.direct_url.empty()) return true;
  const std::string installer =
      base::read_file_if_exists(project.distribution.dist_info / "INSTALLER", base::kSmallText)
          .value_or("");
  return std::ranges::find(kMarking, base::trim(installer)) == kMarking.end();
}

/// An installed project whose requirements the graph holds.
struct Installed {
  specs::Version version;
  std::vector<specs::PackageName> extras;  ///< each once, as METADATA lists them
};

/// By the normal form of the project's name.
using InstalledByName = std::map<std::string, Installed>;

RequirementGraph read_metadata(const std::vector<InstalledProject>& projects,
                               const specs::MarkerEnvironment& environment,
                               InstalledByName& installed) {
  RequirementGraph::Requirements requirements;
  for (const InstalledProject& project : projects) {
    const std::string& name = project.distribution.name.normalized();
    if (installed.contains(name)) continue;
    std::vector<specs::Requirement>& own = requirements[name];
    const specs::Headers headers = metadata_headers(project.distribution);
    for (const std::string& field : headers.all("Requires-Dist")) {
      auto requirement = specs::Requirement::try_parse(field);
      if (requirement) own.push_back(*std::move(requirement));
    }
    Installed one{project.distribution.version, {}};
    std::set<std::string> known;
    for (const std::string& field : headers.all("Provides-Extra")) {
      const auto extra = specs::PackageName::try_parse(field);
      if (extra && known.insert(extra->normalized()).second) one.extras.push_back(*extra);
    }
    installed.emplace(name, std::move(one));
  }
  return {std::move(requirements), environment};
}

/// The extras whose requirements are all met, and of which one requires a project that nothing
/// else needs.
std::vector<specs::PackageName> likely_extras(const std::string& project,
                                              const RequirementGraph& graph,
                                              const InstalledByName& installed) {
  // One requirement may belong to many extras, and its version specifiers may be long.
  std::unordered_map<const specs::Requirement*, bool> met;
  const auto is_met_here = [&](const specs::Requirement* requirement) {
    const auto [place, is_new] = met.try_emplace(requirement);
    if (is_new) {
      const auto found = installed.find(requirement->name.normalized());
      place->second = found != installed.end() && is_met(*requirement, found->second.version);
    }
    return place->second;
  };
  const auto is_unexplained = [&](const specs::Requirement* requirement) {
    return !graph.is_needed(requirement->name.normalized());
  };
  std::vector<specs::PackageName> likely;
  for (const specs::PackageName& extra : installed.at(project).extras) {
    const auto brought = graph.requirements_of_extra(project, extra);
    if (std::ranges::all_of(brought, is_met_here) && std::ranges::any_of(brought, is_unexplained)) {
      likely.push_back(extra);
    }
  }
  return likely;
}

}  // namespace

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
    if (found == nodes_.end()) continue;
    Node& node = found->second;
    if (!std::exchange(node.needed, true)) follow_each(node, node.dependencies.of_project());
    for (const specs::PackageName& extra : next.extras) {
      if (!node.extras.insert(extra.normalized()).second) continue;
      follow_each(node, node.dependencies.of_extra(extra));
    }
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

std::vector<RequestedProject> find_requested(const std::vector<InstalledProject>& projects,
                                             const specs::MarkerEnvironment& environment) {
  std::vector<RequestedProject> requested;
  for (const InstalledProject& project : projects) {
    if (was_requested(project)) requested.push_back({project, {}});
  }
  if (requested.empty()) return requested;
  InstalledByName installed;
  RequirementGraph graph = read_metadata(projects, environment, installed);
  for (const RequestedProject& one : requested) {
    graph.need(one.project.distribution.name.normalized(), {});
  }
  std::set<std::string> seen;
  for (RequestedProject& one : requested) {
    const std::string& name = one.project.distribution.name.normalized();
    // After an interrupted installation, a project may be there twice.
    if (!seen.insert(name).second) continue;
    one.extras = likely_extras(name, graph, installed);
    graph.need(name, one.extras);
  }
  return requested;
}

}  // namespace ensure::install
