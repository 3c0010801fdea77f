#include "installer/specs/metadata/record.h"

#include <algorithm>
#include <charconv>
#include <deque>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/secrets.h"
#include "installer/base/text.h"

namespace ensure::specs {

namespace {

constexpr std::size_t kMostRows = 1'000'000;
constexpr std::size_t kMostFields = 3;

/// Reads comma-separated rows as Python's `csv.reader` with its defaults: fields in double quotes
/// may hold commas, line ends and doubled quotes; a quote elsewhere stands for itself.
class RowReader {
 public:
  explicit RowReader(std::string_view text) : text_(text) {}

  /// The fields of the next row that is not empty, valid until the next call; no fields at the end
  /// of the text. Reads at most one field more than a row may have.
  std::span<const std::string_view> next_row() {
    fields_.clear();
    unquoted_.clear();
    while (position_ < text_.size() && at_line_end()) ++position_;
    if (position_ == text_.size()) return {};
    row_offset_ = position_;
    fields_.push_back(read_field());
    while (!at_line_end() && fields_.size() <= kMostFields) {
      ++position_;  // the comma
      fields_.push_back(read_field());
    }
    return fields_;
  }

  /// Refuses the last row.
  [[noreturn]] void refuse(const std::string& why) const {
    const std::size_t end = std::min(text_.find('\n', row_offset_), text_.size());
    const std::string row(text_.substr(row_offset_, end - row_offset_));
    base::ParseError error("the row `" + row + "` of RECORD " + why, row, 0, row.size(),
                           base::ExitCode::kVerification);
    error.add_hint(
        "rows have a path, a digest such as `sha256=...` and a size; the file is damaged");
    throw error;
  }

 private:
  [[nodiscard]] bool at_line_end() const {
    return position_ == text_.size() || text_[position_] == '\n' || text_[position_] == '\r';
  }

  std::string_view read_field() {
    if (position_ == text_.size() || text_[position_] != '"') return read_plain();
    std::string& field = unquoted_.emplace_back(read_quoted());
    return field += read_plain();
  }

  /// The rest of a field outside of quotes.
  std::string_view read_plain() {
    const std::size_t start = position_;
    while (!at_line_end() && text_[position_] != ',') ++position_;
    return text_.substr(start, position_ - start);
  }

  std::string read_quoted() {
    const std::size_t opening = position_++;
    std::string field;
    while (true) {
      const std::size_t quote = text_.find('"', position_);
      if (quote == std::string_view::npos) {
        base::ParseError error("a quoted field has no end", std::string(text_), opening,
                               text_.size() - opening, base::ExitCode::kVerification);
        error.add_hint("the file is truncated or damaged");
        throw error;
      }
      field += text_.substr(position_, quote - position_);
      position_ = quote + 1;
      if (position_ == text_.size() || text_[position_] != '"') return field;
      field += '"';
      ++position_;
    }
  }

  std::string_view text_;
  std::size_t position_ = 0;
  std::size_t row_offset_ = 0;
  std::vector<std::string_view> fields_;
  std::deque<std::string> unquoted_;  ///< the fields of the row that had quotes
};

/// Appends a field, in quotes where it needs them.
void append_field(std::string& text, std::string_view field) {
  if (field.find_first_of(",\"\r\n") == std::string_view::npos) {
    text += field;
  } else {
    text += '"' + base::replace_all(std::string(field), "\"", "\"\"") + '"';
  }
}

}  // namespace

void each_record_row(std::string_view text, const std::function<void(RecordEntry)>& visit) {
  std::size_t count = 0;
  RowReader reader(text);
  for (std::span<const std::string_view> fields = reader.next_row(); !fields.empty();
       fields = reader.next_row()) {
    if (++count > kMostRows) {
      reader.refuse("comes after a million others, the most that a RECORD may have");
    }
    if (fields.size() > kMostFields) reader.refuse("has more than three fields");
    RecordEntry entry{std::string(fields[0]), {}, {}, {}};
    if (entry.path.empty()) reader.refuse("has no path");
    if (entry.path.find('\0') != std::string::npos) reader.refuse("has a zero byte");
    if (fields.size() > 1 && !fields[1].empty()) {
      const std::string_view hash = fields[1];
      const std::size_t equals = hash.find('=');
      if (equals == 0 || equals == std::string_view::npos || equals + 1 == hash.size()) {
        reader.refuse("has a digest without an algorithm");
      }
      entry.algorithm = hash.substr(0, equals);
      entry.digest = hash.substr(equals + 1);
    }
    if (const std::string_view size = fields.size() > 2 ? fields[2] : ""; !size.empty()) {
      const auto [stop, failure] =
          std::from_chars(size.data(), size.data() + size.size(), entry.size.emplace());
      if (failure != std::errc() || stop != size.data() + size.size()) {
        reader.refuse("has a size that is not a number");
      }
    }
    visit(std::move(entry));
  }
}

std::vector<RecordEntry> parse_record(std::string_view text) {
  std::vector<RecordEntry> entries;
  each_record_row(text, [&entries](RecordEntry entry) { entries.push_back(std::move(entry)); });
  return entries;
}

std::string format_record(const std::vector<RecordEntry>& entries) {
  constexpr std::size_t kTypicalRow = 120;
  std::string text;
  text.reserve(entries.size() * kTypicalRow);
  for (const RecordEntry& entry : entries) {
    append_field(text, entry.path);
    text += ',';
    if (!entry.algorithm.empty()) append_field(text, entry.algorithm + '=' + entry.digest);
    text += ',';
    if (entry.size) text += std::to_string(*entry.size);
    text += '\n';
  }
  return text;
}

std::string direct_url_json(const base::Url& url, const DirectOrigin& origin,
                            const std::string& subdirectory) {
  // "MUST be stripped of any sensitive authentication information"; `git` is not (PEP 610).
  const bool has_git_user = url.scheme() == "ssh" && url.user() == "git" && !url.password();
  const base::Url public_url = has_git_user ? url : url.without_credentials();
  const std::string plain = public_url.without_fragment().to_string();
  nlohmann::json document = {{"url", has_git_user ? plain : base::without_secrets(plain)}};
  if (const auto* const archive = std::get_if<ArchiveOrigin>(&origin)) {
    document["archive_info"] = {{"hash", "sha256=" + archive->sha256},
                                {"hashes", {{"sha256", archive->sha256}}}};
  } else if (const auto* const directory = std::get_if<DirectoryOrigin>(&origin)) {
    document["dir_info"] = nlohmann::json::object();
    if (directory->editable) document["dir_info"]["editable"] = true;
  } else {
    const auto& repository = std::get<RepositoryOrigin>(origin);
    document["vcs_info"] = {{"vcs", "git"}, {"commit_id", repository.commit}};
    if (!repository.requested_revision.empty()) {
      document["vcs_info"]["requested_revision"] = repository.requested_revision;
    }
  }
  if (!subdirectory.empty()) document["subdirectory"] = subdirectory;
  return document.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

std::optional<std::string> recorded_sha256(std::string_view text) {
  const nlohmann::json document = nlohmann::json::parse(text, nullptr, false);
  const nlohmann::json::json_pointer place("/archive_info/hashes/sha256");
  if (document.is_discarded() || !document.contains(place)) return std::nullopt;
  const nlohmann::json& digest = document[place];
  return digest.is_string() ? std::optional(digest.get<std::string>()) : std::nullopt;
}

std::string provenance_url_json(const base::Url& url, const std::string& sha256) {
  const std::string plain = url.without_credentials().without_fragment().to_string();
  const nlohmann::json document = {{"url", base::without_secrets(plain)},
                                   {"archive_info", {{"hashes", {{"sha256", sha256}}}}}};
  return document.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

}  // namespace ensure::specs
