#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "installer/specs/pages/listed_file.h"

namespace ensure::specs {

/// An HTML page with links to files of any projects: what `--find-links` names, such as the listing
/// of a folder by a web server.
class LinkPage {
 public:
  /// Reads any text; links that lead to no distribution file are passed over. `url` is where the
  /// page came from, after redirections; a user and password in it are left out.
  static LinkPage parse(std::string body, std::string_view url);

  /// In the order of the page. Valid as long as the page or a copy of it.
  [[nodiscard]] const std::vector<ListedFile>& files() const;
  /// The URL of the page, after redirections.
  [[nodiscard]] const std::string& url() const;
  /// The absolute base of the URLs of the files. A page chooses it by its `<base>`.
  [[nodiscard]] const std::string& base_url() const;

 private:
  struct Content;
  explicit LinkPage(std::shared_ptr<const Content> content);

  std::shared_ptr<const Content> content_;
};

}  // namespace ensure::specs
