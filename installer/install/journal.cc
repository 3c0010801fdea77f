#include "installer/install/journal.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <initializer_list>

#include "installer/base/error.h"
#include "installer/base/files.h"
#include "installer/base/placement.h"
#include "installer/base/text.h"
#include "installer/install/staging.h"

namespace ensure::install {

namespace {

constexpr std::string_view kVersion = "ensure journal 1";
constexpr std::string_view kFurtherStaging = "b";
constexpr std::string_view kEnd = "end";

bool is_there(const fs::path& path) { return base::link_status(path).has_value(); }

void move(const fs::path& from, const fs::path& to) {
  const base::Directory source = base::Directory::open_resolved(from.parent_path());
  const base::Directory target = base::Directory::open_resolved(to.parent_path());
  base::rename_to_free_name({source, from.filename()}, {target, to.filename()});
}

/// Moves a backup to where it came from; what appeared there meanwhile takes
/// the backup's place.
void restore(const fs::path& backup, const fs::path& destination) {
  if (!is_there(backup)) return;
  if (is_there(destination)) move(destination, backup.native() + ".other");
  move(backup, destination);
}

/// Makes a folder anew after its model, or a folder that is there like it.
void restore_folder(const fs::path& model, const fs::path& destination) {
  if (!is_there(model)) return;
  const std::optional<base::FileStatus> found = base::link_status(destination);
  if (found && found->type != base::FileType::kDirectory) {
    move(destination, model.native() + ".other");
  }
  const base::Directory models = base::Directory::open_resolved(model.parent_path());
  const base::Directory parent = base::Directory::open_resolved(destination.parent_path());
  if (!parent.link_status(destination.filename())) {
    (void)parent.create_directory(destination.filename(), 0700);
  }
  base::copy_mode_and_owner({models, model.filename()}, {parent, destination.filename()});
}

void create_folder(const fs::path& path) {
  if (mkdir(path.c_str(), 0777) == 0) return;
  throw base::FileError("create the folder", path.native(), errno);
}

void remove_folder(const fs::path& path) {
  if (rmdir(path.c_str()) == 0) return;
  throw base::FileError("remove the folder", path.native(), errno);
}

/// What somebody else has put into the folder keeps it alive.
void remove_unused_folder(const fs::path& path) {
  if (rmdir(path.c_str()) == 0 || errno == ENOENT || errno == ENOTEMPTY) return;
  throw base::FileError("remove the folder", path.native(), errno);
}

void append(std::string& bytes, std::initializer_list<std::string_view> fields) {
  for (const std::string_view field : fields) {
    bytes += field;
    bytes += '\0';
  }
}

bool is_below(const fs::path& path, const fs::path& folder) {
  return path != folder &&
         std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first ==
             folder.end();
}

/// Hands out the fields of a record one by one.
class Fields {
 public:
  explicit Fields(std::string_view bytes) : rest_(bytes) {}

  /// The next field; empty at the end, where no field is.
  std::string_view next() {
    const std::size_t end = rest_.find('\0');
    if (end == std::string_view::npos) return {};
    const std::string_view field = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return field;
  }

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

std::optional<Change> next_change(std::string_view kind, Fields& fields) {
  if (kind != "f" && kind != "p" && kind != "r" && kind != "e") return std::nullopt;
  Change change{static_cast<Change::Kind>(kind.front()), fields.next(), {}, {}};
  if (change.kind == Change::Kind::kPlace) change.staged = fields.next();
  if (change.kind != Change::Kind::kFolder) change.backup = fields.next();
  const bool complete = change.destination.is_absolute() &&
                        (change.kind != Change::Kind::kPlace || change.staged.is_absolute()) &&
                        (change.kind == Change::Kind::kFolder || change.backup.is_absolute());
  return complete ? std::optional(change) : std::nullopt;
}

}  // namespace

void Change::apply() const {
  if (kind == Kind::kFolder) return create_folder(destination);
  if (kind == Kind::kRemoveEmptied) return remove_folder(destination);
  if (is_there(destination)) move(destination, backup);
  if (kind == Kind::kPlace) move(staged, destination);
}

void Change::undo() const {
  if (kind == Kind::kFolder) return remove_unused_folder(destination);
  if (kind == Kind::kRemoveEmptied) return restore_folder(backup, destination);
  if (kind == Kind::kPlace && !is_there(staged) && is_there(destination)) move(destination, staged);
  restore(backup, destination);
}

std::string Journal::to_bytes() const {
  std::string bytes;
  append(bytes, {kVersion});
  for (const fs::path& path : further_stagings) append(bytes, {kFurtherStaging, path.native()});
  for (const Change& change : changes) {
    const char kind = static_cast<char>(change.kind);
    append(bytes, {std::string_view(&kind, 1), change.destination.native()});
    if (change.kind == Change::Kind::kPlace) append(bytes, {change.staged.native()});
    if (change.kind != Change::Kind::kFolder) append(bytes, {change.backup.native()});
  }
  append(bytes, {kEnd});
  return bytes;
}

std::optional<Journal> Journal::try_parse(std::string_view bytes) {
  Fields fields(bytes);
  if (fields.next() != kVersion) return std::nullopt;
  Journal journal;
  while (true) {
    const std::string_view kind = fields.next();
    if (kind == kEnd) return fields.at_end() ? std::optional(journal) : std::nullopt;
    if (kind == kFurtherStaging) {
      journal.further_stagings.emplace_back(fields.next());
      if (!journal.further_stagings.back().is_absolute()) return std::nullopt;
      continue;
    }
    const std::optional<Change> change = next_change(kind, fields);
    if (!change) return std::nullopt;
    journal.changes.push_back(*change);
  }
}

bool Journal::is_of(const fs::path& staging) const {
  const auto belongs = [&](const fs::path& further) {
    return further == staging_path_beside(further.parent_path(), staging);
  };
  const auto is_below_one = [&](const fs::path& path) {
    if (path.empty()) return true;
    if (path != path.lexically_normal()) return false;
    return is_below(path, staging) ||
           std::ranges::any_of(further_stagings,
                               [&](const fs::path& further) { return is_below(path, further); });
  };
  return std::ranges::all_of(further_stagings, belongs) &&
         std::ranges::all_of(changes, [&](const Change& change) {
           return is_below_one(change.staged) && is_below_one(change.backup);
         });
}

}  // namespace ensure::install
