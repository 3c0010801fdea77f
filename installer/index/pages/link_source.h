#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "installer/base/error.h"
#include "installer/base/path.h"
#include "installer/base/url.h"
#include "installer/index/pages/page_source.h"
#include "installer/index/pages/project_pages.h"
#include "installer/specs/pages/link_page.h"
#include "installer/specs/requirements/package_name.h"

namespace ensure::index {

/// One place that `--find-links` names: a directory, a page or a file. Its files may be of any
/// projects.
class LinkSource {
 public:
  explicit LinkSource(base::Url url) : url_(std::move(url)) {}
  LinkSource(const LinkSource&) = delete;
  LinkSource& operator=(const LinkSource&) = delete;

  /// Starts reading it; the other functions may be called when `is_ready` returns true.
  void start(PageSource& pages, const std::function<void()>& done);
  [[nodiscard]] bool is_ready() const { return is_ready_; }

  /// Whether the run is offline, and the page is not in the cache.
  [[nodiscard]] bool is_unknown() const { return is_unknown_; }

  /// The files of a project; nullopt if there are none. Throws the error of the place.
  [[nodiscard]] std::optional<IndexEntry> entry_of(const specs::PackageName& name) const;

 private:
  void read_local();
  void receive(PageAnswer<specs::LinkPage> answer);
  void add_page(specs::LinkPage page);
  /// Without the files of its subdirectories.
  void add_directory(const base::Path& directory);
  void add_url(const base::Url& url);
  void add(std::string filename, std::string url);
  void add(const specs::ListedFile& file);

  base::Url url_;
  bool is_started_ = false;
  bool is_ready_ = false;
  bool is_unknown_ = false;
  std::optional<base::Error> error_;
  std::shared_ptr<const void> page_texts_;  ///< owns the texts of `files_`, or `texts_` does
  std::deque<std::string> texts_;
  std::vector<specs::ListedFile> files_;
  /// Indexes in `files_`, by the possible names of their projects.
  std::unordered_map<std::string, std::vector<std::size_t>> by_name_;
  std::string list_url_;  ///< the URL of the list of the files
  std::string base_url_;  ///< the base of relative URLs of files
};

}  // namespace ensure::index
