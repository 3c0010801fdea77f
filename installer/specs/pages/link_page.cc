#include "installer/specs/pages/link_page.h"

#include <deque>
#include <optional>
#include <utility>

#include "installer/specs/pages/html_links.h"
#include "installer/specs/pages/project_page_parser.h"
#include "installer/text/html_scanner.h"

namespace ensure::specs {

struct LinkPage::Content {
  explicit Content(std::string text) : body(std::move(text)), scanner(body) {}

  std::string body;
  text::HtmlScanner scanner;  ///< holds what had to be decoded
  std::deque<std::string> names;
  std::vector<ListedFile> files;
  std::string url;
  std::string base_url;
};

LinkPage::LinkPage(std::shared_ptr<const Content> content) : content_(std::move(content)) {}

LinkPage LinkPage::parse(std::string body, std::string_view url) {
  auto content = std::make_shared<Content>(std::move(body));
  std::optional<std::string> base;
  while (content->scanner.next()) {
    if (content->scanner.is("base") && !base) {
      base = content->scanner.attribute("href");
    } else if (content->scanner.is("a")) {
      std::optional<ListedFile> file = listed_file(content->scanner, content->names);
      if (file) content->files.push_back(*std::move(file));
    }
  }
  content->url = page_base_url(url, std::nullopt);
  content->base_url = page_base_url(url, base);
  return LinkPage(std::move(content));
}

const std::vector<ListedFile>& LinkPage::files() const { return content_->files; }

const std::string& LinkPage::url() const { return content_->url; }

const std::string& LinkPage::base_url() const { return content_->base_url; }

}  // namespace ensure::specs
