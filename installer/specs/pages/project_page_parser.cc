#include "installer/specs/pages/project_page_parser.h"

#include <cstdint>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "installer/base/url.h"
#include "installer/text/ascii.h"

namespace ensure::specs {
namespace {

enum class PageForm : std::uint8_t { kJson, kHtml };

/// What the text looks like, for servers that do not tell.
PageForm guess_form(std::string_view body) {
  const std::string_view text = base::trim(body);
  return text.starts_with('{') || text.starts_with('[') ? PageForm::kJson : PageForm::kHtml;
}

/// PEP 691, "Content types"; a plain `application/json` is what static servers say.
PageForm form_of(std::string_view content_type, std::string_view body) {
  const std::string type =
      base::to_lower(base::trim(content_type.substr(0, content_type.find(';'))));
  constexpr std::string_view kPrefix = "application/vnd.pypi.simple.";
  if (type.empty()) return guess_form(body);
  if (type == "text/html" || type == "application/xhtml+xml") return PageForm::kHtml;
  if (type == "application/json") return PageForm::kJson;
  if (type.starts_with(kPrefix)) {
    const std::string_view rest = std::string_view(type).substr(kPrefix.size());
    if (rest == "v1+json" || rest == "latest+json") return PageForm::kJson;
    if (rest == "v1+html" || rest == "latest+html") return PageForm::kHtml;
  }
  throw not_an_index_page("is of the type `" + type + "`");
}

std::string shown(std::string_view url) {
  const std::optional<base::Url> page = base::Url::try_parse(url);
  return page ? page->redacted() : std::string(url);
}

}  // namespace

std::string page_base_url(std::string_view url, const std::optional<std::string>& base) {
  const std::optional<base::Url> page = base::Url::try_parse(url);
  if (!page) return std::string(url);
  const base::Url plain = page->without_credentials().without_fragment();
  const std::optional<base::Url> joined = base ? plain.try_join(*base) : std::nullopt;
  return joined ? joined->to_string() : plain.to_string();
}

base::Error not_an_index_page(std::string_view why) {
  return base::Error(base::ExitCode::kNetwork, "the answer " + std::string(why))
      .with_hint("check the address of the index: its pages end in `/simple/NAME/`, or similar");
}

void check_repository_version(std::string_view version) {
  std::size_t digits = 0;
  while (digits < version.size() && text::is_digit(version[digits])) ++digits;
  if (version.substr(0, digits) == "1" && (digits == version.size() || version[digits] == '.')) {
    return;
  }
  throw base::Error(base::ExitCode::kNetwork,
                    "its repository version is `" + std::string(version) + "`, not 1")
      .with_hint("use a newer `ensure`, or an index that speaks version 1 (PEP 629)");
}

ProjectStatus project_status(std::string_view text) {
  if (text == "archived") return ProjectStatus::kArchived;
  if (text == "quarantined") return ProjectStatus::kQuarantined;
  if (text == "deprecated") return ProjectStatus::kDeprecated;
  return ProjectStatus::kActive;
}

ProjectPage ProjectPage::parse(std::string_view body, std::string_view content_type,
                               const PackageName& name, std::string_view url) {
  // Two thirds of a page of either kind are texts that are kept.
  ProjectPageWriter writer(name, body.size() / 2);
  try {
    std::optional<std::string> base;
    if (form_of(content_type, body) == PageForm::kJson) {
      read_json_page(body, writer);
    } else {
      base = read_html_page(body, writer);
    }
    writer.set_urls(page_base_url(url, std::nullopt), page_base_url(url, base));
    return writer.finish();
  } catch (const base::Error& error) {
    const std::string& hint = error.hints().empty() ? std::string() : error.hints().front();
    throw base::Error(base::ExitCode::kNetwork,
                      "`" + shown(url) + "` is not an index page: " + error.message())
        .with_hint(hint);
  }
}

ProjectPage ProjectPage::of_files(const std::vector<ListedFile>& files, const PackageName& name,
                                  std::string_view url, std::string_view base_url) {
  ProjectPageWriter writer(name, 0);
  for (const ListedFile& file : files) writer.add(file);
  writer.set_urls(page_base_url(url, std::nullopt), page_base_url(base_url, std::nullopt));
  return writer.finish();
}

}  // namespace ensure::specs
