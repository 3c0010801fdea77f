#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "installer/install/installed/change_plan.h"
#include "installer/specs/requirements/dependencies.h"
#include "installer/specs/requirements/marker.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/requirements/requirement.h"

namespace ensure::install {

/// Follows the requirements of installed projects, to find the projects and extras that are needed.
///
/// Each requirement is followed once, however many extras lead to it. So the work grows with the
/// size of the metadata, even if hostile metadata has as many extras as requirements.
class RequirementGraph {
 public:
  /// The requirements of all installed projects, by the normal form of the project's name.
  using Requirements = std::map<std::string, std::vector<specs::Requirement>>;

  /// `environment` must outlive the graph.
  RequirementGraph(Requirements requirements, const specs::MarkerEnvironment& environment);

  /// Marks a project and its extras as needed, and everything that they require. Does nothing for a
  /// project that is not installed.
  void need(const std::string& project, const std::vector<specs::PackageName>& extras);

  [[nodiscard]] bool is_needed(const std::string& project) const;
  /// The normal forms of the extras that are needed of each project.
  [[nodiscard]] std::map<std::string, std::set<std::string>> needed_extras() const;
  /// The requirements of an installed project that apply only with this extra.
  [[nodiscard]] specs::Dependencies::List requirements_of_extra(
      const std::string& project, const specs::PackageName& extra) const;

 private:
  struct Node {
    Node(std::vector<specs::Requirement> all, const specs::MarkerEnvironment& environment);
    // `dependencies` points into `requirements`.
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

    std::vector<specs::Requirement> requirements;
    specs::Dependencies dependencies;
    std::vector<bool> followed;  ///< by position in `requirements`
    bool needed = false;
    std::set<std::string> extras;  ///< the normal forms of those that are needed
  };
  /// A project that is needed, but whose requirements are not followed yet.
  struct Waiting {
    std::string project;
    std::vector<specs::PackageName> extras;
  };

  void follow_each(Node& node, const specs::Dependencies::List& requirements);

  std::map<std::string, Node> nodes_;  ///< by the normal form of the project's name
  std::vector<Waiting> waiting_;       ///< instead of recursion: chains of extras may be long
};

/// An installed project that a user asked for. The other ones are dependencies.
struct RequestedProject {
  InstalledProject project;
  /// The extras that the user probably asked for; no installer records them. An extra counts if all
  /// its requirements are met and nothing else needs one of the projects that it requires.
  std::vector<specs::PackageName> extras;
};

/// Finds the projects that a user asked for. These are the projects with a REQUESTED file, the ones
/// installed from a URL, and all projects of an installer that is not known to write REQUESTED.
/// Requirements whose markers do not hold in `environment` are ignored.
[[nodiscard]] std::vector<RequestedProject> find_requested(
    const std::vector<InstalledProject>& projects, const specs::MarkerEnvironment& environment);

}  // namespace ensure::install
