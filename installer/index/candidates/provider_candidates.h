#pragma once

#include <deque>
#include <functional>
#include <vector>

#include "installer/index/candidates/project_state.h"
#include "installer/index/pages/link_source.h"
#include "installer/index/pages/page_source.h"
#include "installer/resolve/provider.h"

namespace ensure::index {

/// Calls back with a project that something has arrived for.
using Notify = std::function<void(ProjectState& project)>;

/// The candidates of projects, from their pages in the indexes and those that `--find-links` names.
class ProviderCandidates {
 public:
  /// Everything referred to must outlive this. Calls `notify` when pages have arrived.
  ProviderCandidates(const ProviderContext& context, Projects& projects, Notices& notices,
                     Notify notify);

  /// Requests the pages of a project, once.
  void request(ProjectState& project);
  [[nodiscard]] bool has_all_pages(const ProjectState& project) const;
  /// Creates the candidates of a project, or its error, if all pages have arrived.
  void update(ProjectState& project) const;
  /// The answer to the solver, after `update`. Throws the error of the project.
  const resolve::Candidates& answer(ProjectState& project);

 private:
  /// The entries of all pages for a project: those of `--find-links` first, then the indexes in
  /// their order. Throws the error of a page.
  [[nodiscard]] std::vector<IndexEntry> take_entries(const ProjectState& project) const;
  /// The answer for a project that no page lists.
  [[nodiscard]] resolve::Candidates absent(const ProjectState& project) const;
  [[nodiscard]] CandidateRules rules_for(const specs::PackageName& name) const;
  void check_quarantine(const ProjectState& project) const;
  /// Reports the skipped entries of a project's pages, once the solver needs the project.
  void report(const ProjectState& project);

  const ProviderContext& context_;
  Notices& notices_;
  Notify notify_;
  PageSource source_;
  std::deque<LinkSource> links_;
  std::function<void()> links_arrived_;
};

}  // namespace ensure::index
