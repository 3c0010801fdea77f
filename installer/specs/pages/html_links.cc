#include "installer/specs/pages/html_links.h"

#include <algorithm>

#include "installer/base/percent.h"
#include "installer/base/text.h"
#include "installer/specs/metadata/packed_digests.h"
#include "installer/specs/metadata/project_filename.h"

namespace ensure::specs {
namespace {

/// The last part of the path of a URL, decoded.
std::string_view filename_of(std::string_view url, std::deque<std::string>& names) {
  const std::string_view path = url.substr(0, url.find('?'));
  const std::string_view name = path.substr(path.rfind('/') + 1);
  if (name.find('%') == std::string_view::npos) return name;
  return names.emplace_back(base::percent_decode(name));
}

/// Reads the digest of "#sha256=..."; older pages have more between "&". False where one can be
/// none.
bool read_digests(std::string_view text, std::string& digests) {
  bool is_sound = true;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    const std::size_t sign = part.find('=');
    if (sign == std::string_view::npos) continue;
    const DigestOffer offer = append_digest(digests, part.substr(0, sign), part.substr(sign + 1));
    is_sound &= offer != DigestOffer::kMalformed;
  }
  return is_sound;
}

void read_metadata(text::HtmlScanner& scanner, ListedFile& file) {
  std::optional<std::string_view> value = scanner.attribute("data-core-metadata");
  if (!value) value = scanner.attribute("data-dist-info-metadata");
  if (!value || *value == "false") return;
  // What cannot be verified as announced counts as not announced: the wheel holds it as well.
  file.has_metadata = read_digests(*value, file.metadata_digests);
}

}  // namespace

std::optional<ListedFile> listed_file(text::HtmlScanner& scanner, std::deque<std::string>& names) {
  const std::optional<std::string_view> href = scanner.attribute("href");
  if (!href) return std::nullopt;
  const std::string_view link = base::trim(*href);
  ListedFile file;
  file.url = link.substr(0, link.find('#'));
  file.filename = filename_of(file.url, names);
  if (!is_distribution_filename(file.filename)) return std::nullopt;
  const std::string_view fragment = link.substr(std::min(file.url.size() + 1, link.size()));
  file.is_malformed = !read_digests(fragment, file.digests);
  file.requires_python = scanner.attribute("data-requires-python");
  if (file.requires_python && file.requires_python->empty()) file.requires_python.reset();
  file.yanked = scanner.attribute("data-yanked");
  file.provenance = scanner.attribute("data-provenance").value_or("");
  read_metadata(scanner, file);
  return file;
}

}  // namespace ensure::specs
