#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "installer/base/error.h"
#include "installer/base/url.h"
#include "installer/cache/cache.h"
#include "installer/net/http_client.h"
#include "installer/specs/pages/link_page.h"
#include "installer/specs/pages/project_page.h"
#include "installer/specs/requirements/package_name.h"

namespace ensure::index {

/// How long a response from `now` may be used without asking the server again (RFC 9111): as
/// `Cache-Control` says, or otherwise a tenth of the time since `Last-Modified`, at most ten
/// minutes (section 4.2.2).
[[nodiscard]] cache::Freshness freshness_of(const net::Response& response,
                                            std::chrono::sys_seconds now);
[[nodiscard]] bool is_fresh(const cache::Freshness& freshness, std::chrono::sys_seconds now);
/// Whether the server allows to store the response (no `no-store`).
[[nodiscard]] bool may_be_stored(const net::Response& response);

/// The page does not exist.
struct NoPage {
  bool is_unknown = false;  ///< the run is offline, and the server was never asked
};

template <typename Page>
using PageAnswer = std::variant<Page, NoPage, base::Error>;

/// Gets pages of indexes: from the cache while they are fresh, otherwise from the server, which may
/// confirm the page in the cache.
///
/// A missing page (404, 410) is an answer; every other failure is an error that names the URL.
class PageSource {
 public:
  /// Everything referred to must outlive this.
  PageSource(net::HttpClient& client, const cache::Cache& cache, bool offline,
             std::chrono::sys_seconds now);

  /// Called once, at once or while the client waits.
  template <typename Page>
  using Done = std::function<void(PageAnswer<Page>)>;

  /// Requests the page of a project in the index at `index`. `stale` gets the page in the cache at
  /// once while the server is asked about it.
  using Stale = std::function<void(const specs::ProjectPage&)>;
  void ask(const base::Url& index, const specs::PackageName& name,
           const Done<specs::ProjectPage>& done, const Stale& stale = {});

  /// Requests a page with links to files of any projects.
  void ask_links(const base::Url& url, const Done<specs::LinkPage>& done);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace ensure::index
