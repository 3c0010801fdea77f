#include <charconv>
#include <cstdint>
#include <deque>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "installer/base/url.h"
#include "installer/specs/pages/link_page.h"
#include "installer/specs/pages/project_page.h"
#include "installer/specs/pages/project_page_writer.h"
#include "installer/text/characters.h"
#include "installer/text/html_scanner.h"
#include "installer/text/json_reader.h"
#include "installer/text/timestamp.h"

namespace ensure::specs {
namespace {

using text::JsonKind;
using text::JsonReader;

/// `why` completes "the answer ...".
base::Error not_an_index_page(std::string_view why) {
  return base::Error(base::ExitCode::kNetwork, "the answer " + std::string(why))
      .with_hint("check the URL of the index: its pages end in `/simple/NAME/`, or similar");
}

/// Throws for a major version above 1 (PEP 629).
void check_repository_version(std::string_view version) {
  if (version == "1" || version.starts_with("1.")) return;
  throw base::Error(base::ExitCode::kNetwork,
                    "its repository version is `" + std::string(version) + "`, not 1")
      .with_hint("use a newer `ensure`, or an index that supports version 1 (PEP 629)");
}

/// The status of PEP 792; an unknown one counts as active.
ProjectStatus project_status(std::string_view text) {
  if (text == "archived") return ProjectStatus::kArchived;
  if (text == "quarantined") return ProjectStatus::kQuarantined;
  if (text == "deprecated") return ProjectStatus::kDeprecated;
  return ProjectStatus::kActive;
}

/// Reads a page of PEP 503. Returns its `<base>`.
std::optional<std::string> read_html_page(std::string_view body, ProjectPageWriter& writer) {
  text::HtmlScanner scanner(body);
  std::optional<std::string> base;
  std::string_view status;
  std::string_view reason;
  bool is_index = false;  // a page without files has to say that it is an index page
  std::deque<std::string> names;
  while (scanner.next()) {
    if (scanner.is("a")) {
      const std::optional<ListedFile> file = listed_file(scanner, names);
      if (!file) continue;
      is_index = true;
      writer.add(*file);
      names.clear();
    } else if (scanner.is("meta")) {
      const std::string_view name = scanner.attribute("name").value_or("");
      const std::string_view content = scanner.attribute("content").value_or("");
      if (name == "pypi:repository-version") check_repository_version(content);
      is_index |= name == "pypi:repository-version";
      if (name == "pypi:project-status") status = content;
      if (name == "pypi:project-status-reason") reason = content;
    } else if (scanner.is("base") && !base) {
      if (const auto href = scanner.attribute("href")) base = *href;
    } else if (scanner.is("title")) {
      // The usual titles of index servers and directory listings; there is no standard for them.
      const std::string title = base::to_lower(base::trim(scanner.content()));
      is_index |= title.starts_with("links for ") || title.starts_with("index of ");
    }
  }
  if (!status.empty()) writer.set_status(project_status(status), reason);
  if (!is_index) throw not_an_index_page("is HTML, but has no links to files");
  return base;
}

/// A value that should be a string; nullopt for any other.
std::optional<std::string_view> take_string(JsonReader& reader) {
  if (reader.kind() == JsonKind::kString) return reader.string();
  reader.skip();
  return std::nullopt;
}

std::optional<std::uint64_t> take_size(JsonReader& reader) {
  if (reader.kind() != JsonKind::kNumber) {
    reader.skip();
    return std::nullopt;
  }
  const std::string_view text = reader.number();
  std::uint64_t size = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), size);
  const bool is_whole = failure == std::errc() && end == text.data() + text.size();
  return is_whole ? std::optional(size) : std::nullopt;
}

/// Reads the entries of "files" (PEP 691, "Project Detail"), one at a time.
class FileReader {
 public:
  explicit FileReader(JsonReader& reader) : reader_(reader) {}

  /// Reads the next file. A value of the wrong type makes it malformed if it is not safe to ignore;
  /// sizes and times are then unknown.
  const ListedFile& next() {
    file_ = {};
    has_core_metadata_ = false;
    reader_.object([this](std::string_view key) { read_member(key); });
    file_.is_malformed |= file_.filename.empty() || file_.url.empty();
    return file_;
  }

 private:
  void read_member(std::string_view key) {
    if (key == "filename") {
      file_.filename = take_string(reader_).value_or("");
    } else if (key == "url") {
      const std::string_view url = take_string(reader_).value_or("");
      file_.url = url.substr(0, url.find('#'));
    } else if (key == "hashes") {
      file_.is_malformed |= !read_hashes(file_.digests);
    } else if (key == "requires-python") {
      file_.is_malformed |= !is_any_of(JsonKind::kString, JsonKind::kNull);
      file_.requires_python = take_string(reader_);
      if (file_.requires_python == "") file_.requires_python.reset();
    } else if (key == "yanked") {
      file_.is_malformed |=
          !is_any_of(JsonKind::kString, JsonKind::kTrue, JsonKind::kFalse, JsonKind::kNull);
      const bool is_true = reader_.kind() == JsonKind::kTrue;
      file_.yanked = take_string(reader_);
      if (is_true) file_.yanked = "";
    } else if (key == "core-metadata" || (key == "dist-info-metadata" && !has_core_metadata_)) {
      has_core_metadata_ = key == "core-metadata" && reader_.kind() != JsonKind::kNull;
      read_metadata();
    } else if (key == "size") {
      file_.size = take_size(reader_);
    } else if (key == "upload-time") {
      const std::string_view time = take_string(reader_).value_or("");
      file_.upload_time = text::parse_timestamp(time);
      file_.has_bad_upload_time = !file_.upload_time && !time.empty();
    } else if (key == "provenance") {
      file_.provenance = take_string(reader_).value_or("");
    } else {
      reader_.skip();
    }
  }

  template <class... Kinds>
  bool is_any_of(Kinds... kinds) {
    const JsonKind kind = reader_.kind();
    return ((kind == kinds) || ...);
  }

  /// Returns false for a malformed digest: the file could never be verified.
  bool read_hashes(std::string& digests) {
    if (reader_.kind() != JsonKind::kObject) {
      reader_.skip();
      return false;
    }
    bool is_sound = true;
    reader_.object([&](std::string_view algorithm) {
      const std::string_view digest = take_string(reader_).value_or("");
      is_sound &= append_digest(digests, algorithm, digest) != DigestOffer::kMalformed;
    });
    return is_sound;
  }

  /// Metadata that cannot be verified is not used: the wheel contains it as well.
  void read_metadata() {
    file_.metadata_digests.clear();
    file_.has_metadata = reader_.kind() == JsonKind::kTrue;
    if (reader_.kind() == JsonKind::kObject) {
      file_.has_metadata = read_hashes(file_.metadata_digests);
    } else {
      reader_.skip();
    }
  }

  JsonReader& reader_;
  ListedFile file_;
  bool has_core_metadata_ = false;  ///< the key of PEP 714 takes precedence over that of PEP 658
};

/// Calls `visit` with the key of each member; skips a value that is not an object.
template <class Visit>
void each_member(JsonReader& reader, Visit visit) {
  if (reader.kind() != JsonKind::kObject) return reader.skip();
  reader.object(visit);
}

void read_files(JsonReader& reader, ProjectPageWriter& writer) {
  FileReader files(reader);
  reader.array([&] {
    if (reader.kind() == JsonKind::kObject) {
      writer.add(files.next());
    } else {
      reader.skip();
      writer.add_malformed();
    }
  });
}

void read_meta(JsonReader& reader) {
  each_member(reader, [&](std::string_view key) {
    if (key == "api-version") {
      if (const auto version = take_string(reader)) check_repository_version(*version);
    } else {
      reader.skip();
    }
  });
}

void read_status(JsonReader& reader, ProjectPageWriter& writer) {
  std::string_view status;
  std::string_view reason;
  each_member(reader, [&](std::string_view key) {
    const std::string_view text = take_string(reader).value_or("");
    if (key == "status") status = text;
    if (key == "reason") reason = text;
  });
  writer.set_status(project_status(status), reason);
}

/// Reads a page of PEP 691.
void read_json_page(std::string_view body, ProjectPageWriter& writer) {
  JsonReader reader(body);
  if (reader.kind() != JsonKind::kObject) throw not_an_index_page("is JSON, but not an object");
  bool has_files = false;
  reader.object([&](std::string_view key) {
    if (key == "files" && !has_files && reader.kind() == JsonKind::kArray) {
      has_files = true;
      read_files(reader, writer);
    } else if (key == "meta") {
      read_meta(reader);
    } else if (key == "project-status") {
      read_status(reader, writer);
    } else {
      reader.skip();
    }
  });
  reader.expect_end();
  if (!has_files) throw not_an_index_page("is JSON, but lists no `files`");
}

/// Whether the page is JSON rather than HTML (PEP 691, "Content types"). Static servers send a
/// plain `application/json`; if a server sends no type, the text decides.
bool is_json(std::string_view content_type, std::string_view body) {
  const std::string type =
      base::to_lower(base::trim(content_type.substr(0, content_type.find(';'))));
  if (type.empty()) {
    const std::string_view text = base::trim(body);
    return text.starts_with('{') || text.starts_with('[');
  }
  if (type == "text/html" || type == "application/xhtml+xml") return false;
  if (type == "application/json") return true;
  for (const char* const version : {"v1", "latest"}) {
    const std::string known = std::string("application/vnd.pypi.simple.") + version;
    if (type == known + "+json") return true;
    if (type == known + "+html") return false;
  }
  throw not_an_index_page("is of the type `" + type + "`");
}

}  // namespace

ProjectPage ProjectPage::parse(std::string_view body, std::string_view content_type,
                               const PackageName& name, std::string_view url) {
  // Two thirds of a page of either kind are texts that are kept.
  ProjectPageWriter writer(name, body.size() / 2);
  try {
    std::optional<std::string> base;
    if (is_json(content_type, body)) {
      read_json_page(body, writer);
    } else {
      base = read_html_page(body, writer);
    }
    writer.set_urls(page_base_url(url, std::nullopt), page_base_url(url, base));
    return writer.finish();
  } catch (const base::Error& error) {
    const std::optional<base::Url> page = base::Url::try_parse(url);
    throw base::Error(base::ExitCode::kNetwork, "`" + (page ? page->redacted() : std::string(url)) +
                                                    "` is not an index page: " + error.message())
        .with_hint(error.hints().empty() ? std::string() : error.hints().front());
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
