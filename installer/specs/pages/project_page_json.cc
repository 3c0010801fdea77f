#include <charconv>

#include "installer/specs/metadata/packed_digests.h"
#include "installer/specs/pages/listed_file.h"
#include "installer/specs/pages/project_page_parser.h"
#include "installer/text/json_reader.h"
#include "installer/text/timestamp.h"

namespace ensure::specs {
namespace {

/// The value of a member that should be a string; nothing for any other.
std::optional<std::string_view> take_string(text::JsonReader& reader) {
  if (reader.kind() == text::JsonKind::kString) return reader.string();
  reader.skip();
  return std::nullopt;
}

std::optional<std::uint64_t> take_size(text::JsonReader& reader) {
  if (reader.kind() != text::JsonKind::kNumber) {
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
  explicit FileReader(text::JsonReader& reader) : reader_(reader) {}

  /// The file that comes next. One value of the wrong type makes it malformed where a guess would
  /// not be safe; sizes and times are then unknown.
  const ListedFile& next() {
    start();
    reader_.object([this](std::string_view key) { read_member(key); });
    file_.is_malformed |= file_.filename.empty() || file_.url.empty();
    return file_;
  }

 private:
  void start() {
    std::string digests = std::move(file_.digests);
    std::string metadata_digests = std::move(file_.metadata_digests);
    file_ = {};
    // The room that they have is used again.
    file_.digests = std::move(digests);
    file_.metadata_digests = std::move(metadata_digests);
    file_.digests.clear();
    file_.metadata_digests.clear();
    is_current_key_ = false;
  }

  void read_member(std::string_view key) {
    if (key == "filename") {
      file_.filename = take_string(reader_).value_or("");
    } else if (key == "url") {
      const std::string_view url = take_string(reader_).value_or("");
      file_.url = url.substr(0, url.find('#'));
    } else if (key == "hashes") {
      file_.is_malformed |= !read_hashes(file_.digests);
    } else if (key == "requires-python") {
      read_requires_python();
    } else if (key == "yanked") {
      read_yanked();
    } else if (key == "core-metadata" || (key == "dist-info-metadata" && !is_current_key_)) {
      is_current_key_ = key == "core-metadata" && reader_.kind() != text::JsonKind::kNull;
      read_metadata();
    } else if (key == "size") {
      file_.size = take_size(reader_);
    } else if (key == "upload-time") {
      file_.upload_time = text::parse_timestamp(take_string(reader_).value_or(""));
    } else if (key == "provenance") {
      file_.provenance = take_string(reader_).value_or("");
    } else {
      reader_.skip();
    }
  }

  /// False for a digest that can be none: the file could never be verified.
  bool read_hashes(std::string& digests) {
    if (reader_.kind() != text::JsonKind::kObject) {
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

  void read_requires_python() {
    if (reader_.kind() == text::JsonKind::kString) {
      file_.requires_python = reader_.string();
      if (file_.requires_python->empty()) file_.requires_python.reset();
      return;
    }
    file_.is_malformed |= reader_.kind() != text::JsonKind::kNull;
    reader_.skip();
  }

  void read_yanked() {
    const text::JsonKind kind = reader_.kind();
    if (kind == text::JsonKind::kString) {
      file_.yanked = reader_.string();
      return;
    }
    reader_.skip();
    if (kind == text::JsonKind::kTrue) {
      file_.yanked = "";
    } else {
      file_.is_malformed |= kind != text::JsonKind::kFalse && kind != text::JsonKind::kNull;
    }
  }

  /// What cannot be verified as announced counts as not announced: the wheel holds it as well.
  void read_metadata() {
    const text::JsonKind kind = reader_.kind();
    file_.metadata_digests.clear();
    if (kind == text::JsonKind::kObject) {
      file_.has_metadata = read_hashes(file_.metadata_digests);
    } else {
      reader_.skip();
      file_.has_metadata = kind == text::JsonKind::kTrue;
    }
  }

  text::JsonReader& reader_;
  ListedFile file_;
  bool is_current_key_ = false;  ///< the key of PEP 714 counts more than that of PEP 658
};

template <class Visit>
void each_string(text::JsonReader& reader, Visit visit) {
  if (reader.kind() != text::JsonKind::kArray) return reader.skip();
  reader.array([&] {
    if (const std::optional<std::string_view> text = take_string(reader)) visit(*text);
  });
}

void read_files(text::JsonReader& reader, ProjectPageWriter& writer) {
  FileReader files(reader);
  reader.array([&] {
    if (reader.kind() == text::JsonKind::kObject) {
      writer.add(files.next());
    } else {
      reader.skip();
      writer.add_malformed();
    }
  });
}

void read_meta(text::JsonReader& reader, ProjectPageWriter& writer) {
  if (reader.kind() != text::JsonKind::kObject) return reader.skip();
  reader.object([&](std::string_view key) {
    if (key == "api-version") {
      if (const auto version = take_string(reader)) check_repository_version(*version);
    } else if (key == "tracks") {
      each_string(reader, [&writer](std::string_view url) { writer.add_tracks(url); });
    } else {
      reader.skip();
    }
  });
}

void read_status(text::JsonReader& reader, ProjectPageWriter& writer) {
  if (reader.kind() != text::JsonKind::kObject) return reader.skip();
  std::string_view status;
  std::string_view reason;
  reader.object([&](std::string_view key) {
    const std::string_view text = take_string(reader).value_or("");
    if (key == "status") status = text;
    if (key == "reason") reason = text;
  });
  writer.set_status(project_status(status), reason);
}

}  // namespace

void read_json_page(std::string_view body, ProjectPageWriter& writer) {
  text::JsonReader reader(body);
  if (reader.kind() != text::JsonKind::kObject) throw not_an_index_page("is JSON, but no object");
  bool has_files = false;
  reader.object([&](std::string_view key) {
    if (key == "files" && !has_files && reader.kind() == text::JsonKind::kArray) {
      has_files = true;
      read_files(reader, writer);
    } else if (key == "meta") {
      read_meta(reader, writer);
    } else if (key == "alternate-locations") {
      each_string(reader, [&writer](std::string_view url) { writer.add_alternate_location(url); });
    } else if (key == "project-status") {
      read_status(reader, writer);
    } else {
      reader.skip();
    }
  });
  reader.expect_end();
  if (!has_files) throw not_an_index_page("is JSON, but lists no `files`");
}

}  // namespace ensure::specs
