#include "installer/base/text.h"
#include "installer/specs/pages/html_links.h"
#include "installer/specs/pages/project_page_parser.h"

namespace ensure::specs {
namespace {

/// Reads the head and the links of a page in the order in which they come.
class HtmlPageReader {
 public:
  HtmlPageReader(std::string_view body, ProjectPageWriter& writer)
      : scanner_(body), writer_(writer) {}

  void read() {
    while (scanner_.next()) {
      if (scanner_.is("a")) {
        read_link();
      } else if (scanner_.is("meta")) {
        read_meta();
      } else if (scanner_.is("base") && !base_) {
        base_ = scanner_.attribute("href");
      } else if (scanner_.is("title")) {
        read_title();
      }
    }
    if (status_) writer_.set_status(project_status(*status_), reason_);
  }

  /// Whether anything tells that this is an index page. One without files has to say so.
  [[nodiscard]] bool is_index() const { return is_index_; }
  [[nodiscard]] std::optional<std::string_view> base() const { return base_; }

 private:
  void read_link() {
    const std::optional<ListedFile> file = listed_file(scanner_, names_);
    if (!file) return;
    is_index_ = true;
    writer_.add(*file);
    names_.clear();
  }

  void read_meta() {
    const std::string_view name = scanner_.attribute("name").value_or("");
    const std::string_view content = scanner_.attribute("content").value_or("");
    if (name == "pypi:repository-version") {
      check_repository_version(content);
      is_index_ = true;
    } else if (name == "pypi:tracks") {
      writer_.add_tracks(content);
    } else if (name == "pypi:alternate-locations") {
      writer_.add_alternate_location(content);
    } else if (name == "pypi:project-status") {
      status_ = content;
    } else if (name == "pypi:project-status-reason") {
      reason_ = content;
    }
  }

  /// What index servers and folder listings call their pages; there is no standard for it.
  void read_title() {
    const std::string title = base::to_lower(base::trim(scanner_.content()));
    is_index_ |= title.starts_with("links for ") || title.starts_with("index of ");
  }

  text::HtmlScanner scanner_;
  ProjectPageWriter& writer_;
  std::deque<std::string> names_;
  std::optional<std::string_view> base_;
  std::optional<std::string> status_;
  std::string reason_;
  bool is_index_ = false;
};

}  // namespace

std::optional<std::string> read_html_page(std::string_view body, ProjectPageWriter& writer) {
  HtmlPageReader reader(body, writer);
  reader.read();
  if (!reader.is_index()) throw not_an_index_page("is HTML, but has no links to files");
  const std::optional<std::string_view> base = reader.base();
  return base ? std::optional<std::string>(*base) : std::nullopt;
}

}  // namespace ensure::specs
