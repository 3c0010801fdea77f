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

/// There is no page.
struct NoPage {
  /// Offline, and nobody knows whether there is one.
  bool is_unknown = false;
};

template <typename Page>
using PageAnswer = std::variant<Page, NoPage, base::Error>;

/// Gets pages of indexes: from the cache while they are fresh, else from the server, which is asked
/// whether what is in the cache is still right.
///
/// A page that is missing (404, 410) is an answer; whatever else goes wrong is an error that says
/// which address it came from.
class PageSource {
 public:
  /// What is referred to must outlive this.
  PageSource(net::HttpClient& client, const cache::Cache& cache, bool offline,
             std::chrono::sys_seconds now);

  /// Called once, at once or while waiting for the client.
  template <typename Page>
  using Done = std::function<void(PageAnswer<Page>)>;

  /// The page of a project in the index at `index`. The ticket can be hurried; none where the
  /// answer is there already. `stale` is given, at once, the page that was right when the server
  /// was last asked, while it is asked again: good for guesses.
  using Stale = std::function<void(const specs::ProjectPage&)>;
  std::optional<net::Ticket> ask(const base::Url& index, const specs::PackageName& name,
                                 net::Urgency urgency, const Done<specs::ProjectPage>& done,
                                 const Stale& stale = {});

  /// A page with links to files of any projects.
  std::optional<net::Ticket> ask_links(const base::Url& url, net::Urgency urgency,
                                       const Done<specs::LinkPage>& done);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace ensure::index
