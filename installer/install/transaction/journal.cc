#include "installer/install/transaction/journal.h"

#include <algorithm>
#include <charconv>
#include <initializer_list>

namespace ensure::install {

namespace {

constexpr std::string_view kVersion = "ensure journal 2";
constexpr std::string_view kAnchor = "a";
constexpr std::string_view kFurtherStaging = "b";
constexpr std::string_view kEnd = "end";

void append(std::string& bytes, std::initializer_list<std::string_view> fields) {
  for (const std::string_view field : fields) {
    bytes += field;
    bytes += '\0';
  }
}

void append(std::string& bytes, std::size_t start, const base::Path& relative) {
  append(bytes, {std::to_string(start), relative.text()});
}

/// Whether the path is relative, in normal form and without "..", so that it stays below its start.
bool is_plain(const base::Path& path) {
  return !path.is_absolute() && path.text() == path.lexically_normal().text() &&
         std::ranges::none_of(path, [](const base::Path& component) {
           return component.empty() || component == "." || component == "..";
         });
}

bool is_staged(const base::Path& path) {
  if (!is_plain(path) || path.empty()) return false;
  return (*path.begin() == kStagedNew || *path.begin() == kStagedOld) &&
         !path.parent_path().empty();
}

/// Reads the fields one by one, and remembers whether one of them was invalid.
class FieldReader {
 public:
  explicit FieldReader(std::string_view bytes) : rest_(bytes) {}

  /// The next field; empty at the end.
  std::string_view text() {
    const std::size_t end = rest_.find('\0');
    if (end == std::string_view::npos) {
      is_sound_ = false;
      return {};
    }
    const std::string_view field = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return field;
  }

  template <typename Number>
  Number number() {
    const std::string_view field = text();
    Number value = 0;
    const auto [stop, failure] = std::from_chars(field.data(), field.data() + field.size(), value);
    is_sound_ = is_sound_ && failure == std::errc() && stop == field.data() + field.size();
    return value;
  }

  TargetEntry target_entry(const Journal& journal) {
    TargetEntry entry{number<std::size_t>(), text()};
    is_sound_ = is_sound_ && entry.anchor < journal.anchors.size() && is_plain(entry.relative);
    return entry;
  }

  StagedEntry staged_entry(const Journal& journal) {
    StagedEntry entry{number<std::size_t>(), text()};
    is_sound_ =
        is_sound_ && entry.staging <= journal.further_stagings.size() && is_staged(entry.relative);
    return entry;
  }

  [[nodiscard]] bool is_sound() const { return is_sound_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  bool is_sound_ = true;
};

/// Reads a change into the journal. Returns false if `kind` is unknown or the change is invalid.
bool read_change(std::string_view kind, FieldReader& fields, Journal& journal) {
  if (kind != "d" && kind != "p" && kind != "r" && kind != "e") return false;
  Change change{static_cast<Change::Kind>(kind.front()), fields.target_entry(journal), {}, {}};
  if (change.destination.relative.empty()) return false;
  if (change.kind == Change::Kind::kPlace) change.staged = fields.staged_entry(journal);
  if (change.kind != Change::Kind::kDirectory) change.backup = fields.staged_entry(journal);
  if (change.kind == Change::Kind::kPlace) change.inode = fields.number<std::uint64_t>();
  journal.changes.push_back(std::move(change));
  return true;
}

}  // namespace

std::string Journal::to_bytes() const {
  std::string bytes;
  append(bytes, {kVersion, staging});
  for (const Anchor& anchor : anchors) {
    append(bytes, {kAnchor, std::to_string(anchor.bound), std::to_string(anchor.levels),
                   std::to_string(anchor.inode)});
  }
  for (const TargetEntry& directory : further_stagings) {
    append(bytes, {kFurtherStaging});
    append(bytes, directory.anchor, directory.relative);
  }
  for (const Change& change : changes) {
    const char kind = static_cast<char>(change.kind);
    append(bytes, {std::string_view(&kind, 1)});
    append(bytes, change.destination.anchor, change.destination.relative);
    if (change.kind == Change::Kind::kPlace)
      append(bytes, change.staged.staging, change.staged.relative);
    if (change.kind != Change::Kind::kDirectory)
      append(bytes, change.backup.staging, change.backup.relative);
    if (change.kind == Change::Kind::kPlace) append(bytes, {std::to_string(change.inode)});
  }
  append(bytes, {kEnd});
  return bytes;
}

std::optional<Journal> Journal::try_parse(std::string_view bytes) {
  FieldReader fields(bytes);
  if (fields.text() != kVersion) return std::nullopt;
  Journal journal;
  journal.staging = fields.text();
  while (fields.is_sound()) {
    const std::string_view kind = fields.text();
    if (kind == kEnd) {
      return fields.is_sound() && fields.at_end() ? std::optional(journal) : std::nullopt;
    }
    if (kind == kAnchor) {
      const auto bound = fields.number<std::size_t>();
      const auto levels = fields.number<std::size_t>();
      journal.anchors.push_back({bound, levels, fields.number<std::uint64_t>()});
    } else if (kind == kFurtherStaging) {
      journal.further_stagings.push_back(fields.target_entry(journal));
    } else if (!read_change(kind, fields, journal)) {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

}  // namespace ensure::install
