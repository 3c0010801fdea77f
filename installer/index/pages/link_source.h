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
#include "installer/index/pages/index_entry.h"
#include "installer/index/pages/page_source.h"
#include "installer/specs/pages/link_page.h"
#include "installer/specs/requirements/package_name.h"

namespace ensure::index {

/// Files of any projects, indexed by the possible names of their projects.
class LinkedFiles {
 public:
  static LinkedFiles of_page(const specs::LinkPage& page);
  /// The files of a directory, without those of its subdirectories.
  static LinkedFiles of_directory(const base::Path& directory);
  /// A single file.
  static LinkedFiles of_file(const base::Url& url);

  /// The page of a project; nullopt if no file belongs to it.
  [[nodiscard]] std::optional<specs::ProjectPage> page_of(const specs::PackageName& name) const;

 private:
  void add(const specs::ListedFile& file);
  void add(std::string_view filename, std::string_view url);
  std::string_view keep(std::string text);

  std::optional<specs::LinkPage> page_;  ///< owns the texts, or `texts_` does
  std::shared_ptr<std::deque<std::string>> texts_ = std::make_shared<std::deque<std::string>>();
  std::vector<specs::ListedFile> files_;
  std::unordered_map<std::string, std::vector<std::size_t>> by_name_;
  std::string url_;       ///< the URL of the list of the files
  std::string base_url_;  ///< the base of relative URLs of files
};

/// One place that `--find-links` names: a directory, a page or a file.
class LinkSource {
 public:
  explicit LinkSource(base::Url url) : url_(std::move(url)) {}

  /// Starts reading it; the other functions may be called when `is_ready` returns true.
  void start(PageSource& pages, net::Urgency urgency, const std::function<void()>& done);
  [[nodiscard]] bool is_ready() const { return files_ || error_; }

  /// Whether the run is offline, and the page is not in the cache.
  [[nodiscard]] bool is_unknown() const { return is_unknown_; }

  /// Throws the error of the place.
  [[nodiscard]] std::optional<IndexEntry> entry_of(const specs::PackageName& name) const;

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
