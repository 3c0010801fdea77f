#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "installer/base/error.h"
#include "installer/index/pages/index_entry.h"
#include "installer/index/pages/page_source.h"
#include "installer/index/settings.h"
#include "installer/net/http_client.h"
#include "installer/specs/requirements/package_name.h"

namespace ensure::index {

/// The pages of one project in the indexes, asked for as the strategy says.
///
/// With `kFirstIndex` one index after the other is asked, until one has the project: a private
/// name is not told to the indexes behind. Only "there is none" leads to the next; an index that
/// fails or refuses ends it.
class ProjectPages {
 public:
  /// What is referred to must outlive this.
  ProjectPages(specs::PackageName name, const IndexSettings& settings, PageSource& pages);
  ProjectPages(const ProjectPages&) = delete;
  ProjectPages& operator=(const ProjectPages&) = delete;

  /// To be called once; `done` is called when all pages that count are here.
  void start(net::Urgency urgency, std::function<void()> done);
  void hurry(net::HttpClient& client);
  /// What the index told when it was last asked, from the cache; it may have changed since. None
  /// where that is not known, or several indexes count.
  [[nodiscard]] std::optional<IndexEntry> take_stale_entry();
  [[nodiscard]] bool is_done() const { return is_done_; }

  // Once that is so:

  [[nodiscard]] const std::optional<base::Error>& error() const { return error_; }
  /// In the order of the indexes.
  [[nodiscard]] std::vector<IndexEntry> take_entries();
  /// Offline, and an index that counts was never asked.
  [[nodiscard]] bool is_unknown() const { return is_unknown_; }

 private:
  void ask(std::size_t index);
  void receive(std::size_t index, PageAnswer<specs::ProjectPage> answer);

  const specs::PackageName name_;
  const IndexSettings& settings_;
  PageSource& pages_;
  net::Urgency urgency_ = net::Urgency::kNow;
  std::function<void()> done_;
  std::vector<std::optional<net::Ticket>> tickets_;  ///< by index
  std::vector<std::optional<IndexEntry>> entries_;   ///< by index
  std::optional<IndexEntry> stale_;
  std::size_t under_way_ = 0;
  std::optional<base::Error> error_;
  std::size_t first_error_ = 0;  ///< the index that it came from
  bool is_unknown_ = false;
  bool is_done_ = false;
};

}  // namespace ensure::index
