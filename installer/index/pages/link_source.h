#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "installer/base/error.h"
#include "installer/base/path.h"
#include "installer/base/url.h"
#include "installer/index/pages/listing.h"
#include "installer/index/pages/page_source.h"
#include "installer/specs/pages/link_page.h"
#include "installer/specs/requirements/package_name.h"

namespace ensure::index {

/// Files of any projects, sorted by what may be the name of theirs.
class LinkedFiles {
 public:
  static LinkedFiles of_page(const specs::LinkPage& page);
  /// A folder; what is in the folders below it does not count.
  static LinkedFiles of_folder(const base::Path& folder);
  /// A single file that a URL leads to.
  static LinkedFiles of_file(const base::Url& url);

  /// The page that they make for a project; none where there is no file for it.
  [[nodiscard]] std::optional<specs::ProjectPage> page_of(const specs::PackageName& name) const;

 private:
  void add(const specs::ListedFile& file);
  void add(std::string_view filename, std::string_view url);
  std::string_view keep(std::string text);

  std::optional<specs::LinkPage> page_;  ///< holds the texts, or `texts_` does
  std::shared_ptr<std::deque<std::string>> texts_ = std::make_shared<std::deque<std::string>>();
  std::vector<specs::ListedFile> files_;
  std::unordered_map<std::string, std::vector<std::size_t>> by_name_;
  std::string url_;       ///< the URL of the list of the files
  std::string base_url_;  ///< the base of relative URLs of files
};

/// One place that `--find-links` names: a folder, a page or a file.
class LinkSource {
 public:
  explicit LinkSource(base::Url url) : url_(std::move(url)) {}

  /// Starts getting it; the rest may be asked once `is_ready`.
  void start(PageSource& pages, net::Urgency urgency, const std::function<void()>& done);
  [[nodiscard]] bool is_ready() const { return files_ || error_; }

  /// The run is offline, and nothing is known of the page.
  [[nodiscard]] bool is_unknown() const { return is_unknown_; }

  /// Throws what went wrong.
  [[nodiscard]] std::optional<Listing> listing_of(const specs::PackageName& name) const;

 private:
  void read_local();
  void receive(PageAnswer<specs::LinkPage> answer);

  base::Url url_;
  bool started_ = false;
  bool is_unknown_ = false;
  std::optional<LinkedFiles> files_;
  std::optional<base::Error> error_;
};

}  // namespace ensure::index
