#pragma once

#include <functional>

#include "installer/index/candidates/project_state.h"
#include "installer/index/pages/index_pages.h"
#include "installer/net/http_client.h"
#include "installer/resolve/provider.h"

namespace ensure::index {

/// Calls back with a project that something has arrived for.
using Notify = std::function<void(ProjectState& project)>;

/// The candidates of projects, from their pages.
class ProviderCandidates {
 public:
  /// Everything referred to must outlive this. Calls `notify` when pages have arrived.
  ProviderCandidates(const ProviderContext& context, Projects& projects, Notices& notices,
                     Notify notify);

  /// Requests the pages of a project, once. A later call can make them urgent.
  void request(ProjectState& project, net::Urgency urgency);
  [[nodiscard]] bool has_all_pages(const ProjectState& project) const;
  /// Creates the candidates of a project, or its error, if all pages have arrived.
  void update(ProjectState& project) const;
  /// The answer to the solver, after `update`. Throws the error of the project.
  const resolve::Candidates& answer(ProjectState& project);

 private:
  [[nodiscard]] CandidateRules rules_for(const specs::PackageName& name) const;
  void check_quarantine(const ProjectState& project) const;
  /// Reports the skipped entries of a project's pages, once the solver needs the project.
  void report(const ProjectState& project);

  const ProviderContext& context_;
  Notices& notices_;
  Notify notify_;
  IndexPages pages_;
};

}  // namespace ensure::index
