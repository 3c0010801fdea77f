#include "installer/install/requested_projects.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "installer/base/files.h"
#include "installer/install/installed_requirements.h"
#include "installer/specs/headers.h"
#include "installer/specs/requirement.h"

namespace ensure::install {

namespace {

bool was_requested(const InstalledProject& project) {
  constexpr std::array<std::string_view, 3> kMarking = {"pip", "uv", "ensure"};
  if (project.requested || !project.direct_url.empty()) return true;
  return std::ranges::find(kMarking, installer_of(project.distribution)) == kMarking.end();
}

/// What is installed, and what of it is needed by what was asked for.
class NeededProjects {
 public:
  NeededProjects(const std::vector<InstalledProject>& projects,
                 const specs::MarkerEnvironment& environment)
      : environment_(environment) {
    for (const InstalledProject& project : projects) {
      nodes_.try_emplace(project.distribution.name.normalized(), read(project.distribution));
    }
  }

  /// Notes that a project is needed, and all that it requires.
  void need(const std::string& name, const std::vector<specs::PackageName>& extras) {
    std::vector<Wanted> waiting{{name, extras}};
    while (!waiting.empty()) {
      const Wanted wanted = std::move(waiting.back());
      waiting.pop_back();
      const auto found = nodes_.find(wanted.name);
      if (found == nodes_.end()) continue;
      follow(found->second, wanted.extras, waiting);
    }
  }

  /// The extras of a project that explain why something is installed that nothing else needs.
  [[nodiscard]] std::vector<specs::PackageName> likely_extras(const std::string& name) const {
    const Node& node = nodes_.at(name);
    std::vector<specs::PackageName> likely;
    for (const specs::PackageName& extra : node.provided) {
      const std::vector<const specs::Requirement*> brought = brought_by(node, extra);
      const auto is_installed = [this](const specs::Requirement* requirement) {
        const auto found = nodes_.find(requirement->name.normalized());
        return found != nodes_.end() && is_met(*requirement, found->second.version);
      };
      const auto is_unexplained = [this](const specs::Requirement* requirement) {
        const auto found = nodes_.find(requirement->name.normalized());
        return found != nodes_.end() && !found->second.needed;
      };
      if (std::ranges::all_of(brought, is_installed) &&
          std::ranges::any_of(brought, is_unexplained)) {
        likely.push_back(extra);
      }
    }
    return likely;
  }

 private:
  struct Node {
    specs::Version version;
    std::vector<specs::Requirement> requirements;
    std::vector<specs::PackageName> provided;
    bool needed = false;
    // NOLINTNEXTLINE(readability-redundant-member-init): GCC warns without
    std::set<std::string> extras = {};
  };
  struct Wanted {
    std::string name;
    std::vector<specs::PackageName> extras;
  };

  static Node read(const Distribution& distribution) {
    const std::string text =
        base::read_file_if_exists(distribution.dist_info / "METADATA").value_or("");
    const specs::Headers headers = specs::Headers::parse(text);
    Node node{.version = distribution.version, .requirements = {}, .provided = {}};
    for (const std::string& field : headers.all("Requires-Dist")) {
      if (auto requirement = specs::Requirement::try_parse(field)) {
        node.requirements.push_back(*std::move(requirement));
      }
    }
    for (const std::string& field : headers.all("Provides-Extra")) {
      if (auto extra = specs::PackageName::try_parse(field)) node.provided.push_back(*extra);
    }
    return node;
  }

  [[nodiscard]] bool applies(const specs::Requirement& requirement,
                             const std::set<std::string>& extras) const {
    const specs::MarkerSelection selection{{extras.begin(), extras.end()}, {}};
    return !requirement.marker || requirement.marker->evaluate(environment_) ||
           requirement.marker->evaluate(environment_, selection);
  }

  [[nodiscard]] std::vector<const specs::Requirement*> brought_by(
      const Node& node, const specs::PackageName& extra) const {
    std::vector<const specs::Requirement*> brought;
    for (const specs::Requirement& requirement : node.requirements) {
      const bool plain = applies(requirement, {});
      if (!plain && applies(requirement, {extra.normalized()})) brought.push_back(&requirement);
    }
    return brought;
  }

  void follow(Node& node, const std::vector<specs::PackageName>& extras,
              std::vector<Wanted>& waiting) const {
    bool is_new = !std::exchange(node.needed, true);
    for (const specs::PackageName& extra : extras) {
      is_new |= node.extras.insert(extra.normalized()).second;
    }
    if (!is_new) return;
    for (const specs::Requirement& requirement : node.requirements) {
      if (!applies(requirement, node.extras)) continue;
      waiting.push_back({requirement.name.normalized(), requirement.extras});
    }
  }

  const specs::MarkerEnvironment& environment_;
  std::map<std::string, Node> nodes_;  ///< by normal name
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
  for (RequestedProject& one : requested) {
    const std::string& name = one.project.distribution.name.normalized();
    one.extras = needed.likely_extras(name);
    needed.need(name, one.extras);
  }
  return requested;
}

}  // namespace ensure::install
