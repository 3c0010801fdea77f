#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "installer/base/error.h"
#include "installer/cache/cache.h"
#include "installer/index/pages/index_entry.h"
#include "installer/index/pages/link_source.h"
#include "installer/index/pages/page_source.h"
#include "installer/index/settings.h"
#include "installer/net/http_client.h"
#include "installer/resolve/provider.h"
#include "installer/specs/requirements/package_name.h"

namespace ensure::index {

/// The pages of one project in the indexes.
///
/// With `kFirstIndex`, the indexes are asked one after the other until one has the project, so that
/// later indexes do not learn the names of private projects. Only "not found" leads to the next
/// index; an index that fails or refuses ends the search.
class ProjectPages {
 public:
  /// Everything referred to must outlive this.
  ProjectPages(specs::PackageName name, const IndexSettings& settings, PageSource& source);
  ProjectPages(const ProjectPages&) = delete;
  ProjectPages& operator=(const ProjectPages&) = delete;

  /// To be called once; calls `done` when all pages have arrived.
  void start(net::Urgency urgency, std::function<void()> done);
  void hurry(net::HttpClient& client);
  /// The page in the cache that the index is asked about, which may have changed since. Nullopt if
  /// there is none, or if several indexes count.
  [[nodiscard]] std::optional<IndexEntry> take_stale_entry();

 private:
  friend class IndexPages;
  void ask(std::size_t index);
  void receive(std::size_t index, PageAnswer<specs::ProjectPage> answer);

  const specs::PackageName name_;
  const IndexSettings& settings_;
  PageSource& source_;
  net::Urgency urgency_ = net::Urgency::kNow;
  std::function<void()> done_;
  std::vector<std::optional<net::Ticket>> tickets_;  ///< by index
  std::vector<std::optional<IndexEntry>> entries_;   ///< by index
  std::optional<IndexEntry> stale_;
  std::size_t in_flight_ = 0;
  std::optional<base::Error> error_;
  std::size_t failed_index_ = 0;  ///< the index that the error is from
  bool is_unknown_ = false;       ///< offline, and an index that counts was never asked
  bool is_done_ = false;
};

/// All pages of a run: those of projects in the indexes, and those that `--find-links` names.
class IndexPages {
 public:
  /// Everything referred to must outlive this. Calls `links_arrived` after each page of
  /// `--find-links` has arrived.
  IndexPages(const IndexSettings& settings, net::HttpClient& client, const cache::Cache& cache,
             std::function<void()> links_arrived);

  [[nodiscard]] PageSource& source() { return source_; }
  /// Requests the pages of `--find-links`, once.
  void request_links();

  /// Whether all pages that may list a project have arrived.
  [[nodiscard]] bool has_all(const ProjectPages& pages) const;
  /// The entries of all pages for a project: those of `--find-links` first, then the indexes in
  /// their order. To be called once, if `has_all`. Throws the error of a page.
  [[nodiscard]] std::vector<IndexEntry> take_entries(ProjectPages& pages) const;
  /// The answer for a project that no page lists.
  [[nodiscard]] resolve::Candidates absent(const ProjectPages& pages) const;

 private:
  const IndexSettings& settings_;
  PageSource source_;
  std::deque<LinkSource> links_;
  std::function<void()> links_arrived_;
};

}  // namespace ensure::index
