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
#include "installer/install/installed/requirement_graph.h"
#include "installer/specs/metadata/headers.h"
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

/// The fields of METADATA that `find_requested` needs.
struct Metadata {
  specs::Version version;
  std::vector<specs::Requirement> requirements;
  std::vector<specs::PackageName> provided;  ///< the extras, each once, as METADATA lists them
};

Metadata read_metadata(const Distribution& distribution) {
  const specs::Headers headers = metadata_headers(distribution);
  Metadata metadata{.version = distribution.version, .requirements = {}, .provided = {}};
  for (const std::string& field : headers.all("Requires-Dist")) {
    if (auto requirement = specs::Requirement::try_parse(field)) {
      metadata.requirements.push_back(*std::move(requirement));
    }
  }
  std::set<std::string> known;
  for (const std::string& field : headers.all("Provides-Extra")) {
    const auto extra = specs::PackageName::try_parse(field);
    if (extra && known.insert(extra->normalized()).second) metadata.provided.push_back(*extra);
  }
  return metadata;
}

/// Finds the projects that the requested ones need, and the extras that were probably requested.
class NeededProjects {
 public:
  NeededProjects(const std::vector<InstalledProject>& projects,
                 const specs::MarkerEnvironment& environment)
      : graph_(read(projects), environment) {}

  void need(const std::string& project, const std::vector<specs::PackageName>& extras) {
    graph_.need(project, extras);
  }

  /// The extras whose requirements are all met, and of which one requires a project that nothing
  /// else needs.
  [[nodiscard]] std::vector<specs::PackageName> likely_extras(const std::string& project) const {
    // One requirement may belong to many extras, and its version specifiers may be long.
    std::unordered_map<const specs::Requirement*, bool> met;
    const auto is_met_here = [&](const specs::Requirement* requirement) {
      const auto [place, is_new] = met.try_emplace(requirement);
      if (is_new) place->second = is_met_by_installed(*requirement);
      return place->second;
    };
    const auto is_unexplained = [&](const specs::Requirement* requirement) {
      return !graph_.is_needed(requirement->name.normalized());
    };
    std::vector<specs::PackageName> likely;
    for (const specs::PackageName& extra : installed_.at(project).provided) {
      const auto brought = graph_.requirements_of_extra(project, extra);
      if (std::ranges::all_of(brought, is_met_here) &&
          std::ranges::any_of(brought, is_unexplained)) {
        likely.push_back(extra);
      }
    }
    return likely;
  }

 private:
  /// Fills `installed_`, and returns the requirements, which the graph owns.
  RequirementGraph::Requirements read(const std::vector<InstalledProject>& projects) {
    RequirementGraph::Requirements requirements;
    for (const InstalledProject& project : projects) {
      const std::string& name = project.distribution.name.normalized();
      if (installed_.contains(name)) continue;
      Metadata metadata = read_metadata(project.distribution);
      requirements.emplace(name, std::exchange(metadata.requirements, {}));
      installed_.emplace(name, std::move(metadata));
    }
    return requirements;
  }

  [[nodiscard]] bool is_met_by_installed(const specs::Requirement& requirement) const {
    const auto found = installed_.find(requirement.name.normalized());
    return found != installed_.end() && is_met(requirement, found->second.version);
  }

  std::map<std::string, Metadata> installed_;  ///< by the normal form of the project's name
  RequirementGraph graph_;
};

}  // namespace

std::vector<RequestedProject> find_requested(const std::vector<InstalledProject>& projects,
                                             const specs::MarkerEnvironment& environment) {
  std::vector<RequestedProject> requested;
  for (const InstalledProject& project : projects) {
    if (was_requested(project)) requested.push_back({project, {}});
  }
  if (requested.empty()) return requested;
  NeededProjects needed(projects, environment);
  for (const RequestedProject& one : requested) {
    needed.need(one.project.distribution.name.normalized(), {});
  }
  std::set<std::string> seen;
  for (RequestedProject& one : requested) {
    const std::string& name = one.project.distribution.name.normalized();
    // After an interrupted installation, a project may be there twice.
    if (!seen.insert(name).second) continue;
    one.extras = needed.likely_extras(name);
    needed.need(name, one.extras);
  }
  return requested;
}

}  // namespace ensure::install
