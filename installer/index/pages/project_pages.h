#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "installer/base/error.h"
#include "installer/base/url.h"
#include "installer/index/pages/page_source.h"
#include "installer/index/settings.h"
#include "installer/specs/pages/project_page.h"
#include "installer/specs/requirements/package_name.h"

namespace ensure::index {

/// The files that one index, link page or directory lists for a project.
struct IndexEntry {
  specs::ProjectPage page;
  /// The base of relative file URLs, which the page chooses; with the user and password of the
  /// index if it is at the same origin.
  base::Url base;
  /// The URL of the page after redirects. Its files must not come from less secure URLs.
  base::Url address;
  std::string origin;     ///< the index, link page or directory, for messages
  bool is_index = false;  ///< otherwise it is from `--find-links`
};

/// The entry for a page from `source`, as the user wrote it.
[[nodiscard]] IndexEntry make_index_entry(specs::ProjectPage page, const base::Url& source,
                                          bool is_index);

/// The pages of one project in the indexes.
///
/// With `kFirstIndex`, the indexes are asked one after the other until one has the project, so that
/// later indexes do not learn the names of private projects. Only "not found" leads to the next
/// index; an index that fails or refuses ends the search.
class ProjectPages {
 public:
  /// Requests the pages. Calls `done` when all have arrived, which may be at once. Everything
  /// referred to must outlive this.
  ProjectPages(specs::PackageName name, const IndexSettings& settings, PageSource& source,
               std::function<void()> done);
  ProjectPages(const ProjectPages&) = delete;
  ProjectPages& operator=(const ProjectPages&) = delete;

  /// The page in the cache that the index is asked about, which may have changed since. Nullopt if
  /// there is none, or if several indexes count.
  [[nodiscard]] std::optional<IndexEntry> take_stale_entry();

  [[nodiscard]] bool is_done() const { return in_flight_ == 0; }
  /// The pages in the order of the indexes. To be called once, if `is_done`. Throws the error of a
  /// page.
  [[nodiscard]] std::vector<IndexEntry> take_entries();
  /// Whether the run is offline, and an index that counts was never asked.
  [[nodiscard]] bool is_unknown() const { return is_unknown_; }

 private:
  void ask(std::size_t index);
  void receive(std::size_t index, PageAnswer<specs::ProjectPage> answer);

  const specs::PackageName name_;
  const IndexSettings& settings_;
  PageSource& source_;
  std::function<void()> done_;
  std::vector<std::optional<IndexEntry>> entries_;  ///< by index
  std::optional<IndexEntry> stale_;
  std::size_t in_flight_ = 0;
  std::optional<base::Error> error_;
  std::size_t failed_index_ = 0;  ///< the index that the error is from
  bool is_unknown_ = false;
};

}  // namespace ensure::index
