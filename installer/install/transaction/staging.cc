#include "installer/install/transaction/staging.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "installer/base/digest.h"
#include "installer/base/error.h"
#include "installer/base/files.h"
#include "installer/base/interrupt.h"
#include "installer/base/placement.h"
#include "installer/base/shell.h"

namespace ensure::install {

namespace {

using base::Error;
using base::ExitCode;
using Clock = std::chrono::steady_clock;

constexpr const char* kJournal = "journal";
constexpr const char* kUnfinishedJournal = "journal.part";
constexpr const char* kRetiredJournal = "journal.retired";
constexpr const char* kParents = "parents";

/// What is cleared, in the order in which it is removed.
constexpr std::array kContent = {Staging::kNew, Staging::kOld, kUnfinishedJournal, kJournal,
                                 kRetiredJournal};

/// What is there as long as the directory is.
constexpr std::array kCompanions = {kParents, DirectoryLock::kFile};

constexpr std::size_t kLongestName = 255;

std::string short_digest(const fs::path& path) {
  return base::to_hex(base::sha256(path.native())).substr(0, 16);
}

bool holds_current_directory(const fs::path& target) {
  std::error_code failure;
  const fs::path current = fs::current_path(failure);
  return !failure && base::is_at_or_below(current, target);
}

/// The path as a word of the shell, for a command that the user can copy.
std::string shell_word(const fs::path& path) {
  // Messages hide text that looks like a user and a password.
  const bool is_like_url = path.native().find('@') != std::string::npos;
  return is_like_url ? base::shell_escaped(path.native()) : base::shell_quoted(path.native());
}

fs::path sibling_of(const fs::path& target) {
  const std::string name = "." + target.filename().native() + ".ensure";
  return target.parent_path() /
         (name.size() <= kLongestName ? name : ".ensure-" + short_digest(target));
}

/// Throws if another user could have written in the directory.
void check_owner(const base::Directory& directory) {
  const base::FileStatus status = directory.status();
  if (status.is_private()) return;
  throw not_ours(directory.path(), status.owner != geteuid() ? "it belongs to another user"
                                                             : "other users may write in it");
}

/// Opens the existing directory; nullopt if it has vanished meanwhile.
std::optional<base::Directory> open_existing(const base::Directory& parent,
                                             const std::string& name) {
  try {
    base::Directory directory = parent.open_directory(name);
    check_owner(directory);
    return directory;
  } catch (const base::FileError& error) {
    if (error.error_number() == ENOENT) return std::nullopt;
    if (error.error_number() == ENOTDIR || error.error_number() == ELOOP) {
      throw not_ours(parent.path() / name, "it is not a directory");
    }
    throw;
  }
}

/// Removes a directory that was created but could not be opened.
void remove_unopened(const base::Directory& parent, const std::string& name) {
  try {
    (void)parent.remove_empty_directory(name);
  } catch (const base::FileError&) {  // NOLINT(bugprone-empty-catch): report the first error
  }
}

/// Creates the directory, or opens the existing one; nullopt if its parent has vanished.
std::optional<base::Directory> make_or_open(const base::Directory& parent,
                                            const std::string& name) {
  constexpr int kMostRemovals = 1000;  // ends the loop if something removes it each time
  for (int removals = 0; true; ++removals) {
    try {
      base::Directory directory = parent.create_directory(name, 0700);
      check_owner(directory);
      return directory;
    } catch (const base::FileError& error) {
      const bool has_vanished = error.error_number() == ENOENT && parent.status().links == 0;
      if (has_vanished) return std::nullopt;
      // A process that has taken it for a leftover may have removed it before it was opened.
      const bool was_removed = error.error_number() == ENOENT && removals < kMostRemovals;
      if (error.error_number() != EEXIST && !was_removed) {
        remove_unopened(parent, name);
        throw;
      }
    }
    if (std::optional<base::Directory> directory = open_existing(parent, name)) return directory;
    base::check_interrupt();
  }
}

/// Makes the pauses of a process that waits for a lock: they grow, so that a short wait ends soon.
class Waiting {
 public:
  explicit Waiting(std::chrono::milliseconds timeout) : deadline_(Clock::now() + timeout) {}

  /// Throws where the next pause would end too late.
  void pause(const fs::path& path) {
    base::check_interrupt();
    if (Clock::now() + pause_ > deadline_) {
      throw Error(ExitCode::kLocked, "another process holds the lock `" + path.native() + "`")
          .with_hint("wait until it has ended, or give it more time with `--lock-timeout`");
    }
    std::this_thread::sleep_for(pause_);
    pause_ = std::min(pause_ * 2, kLongestPause);
  }

 private:
  static constexpr std::chrono::milliseconds kLongestPause{50};

  Clock::time_point deadline_;
  std::chrono::milliseconds pause_{1};
};

/// Whether NFS uses the name for a removed file that is still open somewhere.
bool is_removed_on_nfs(std::string_view name) { return name.starts_with(".nfs"); }

}  // namespace

Error not_ours(const fs::path& path, const std::string& reason) {
  return Error(ExitCode::kFileSystem,
               "`" + path.native() + "` is needed for staging, but is not ours: " + reason)
      .with_hint("nothing was changed; look at it, then remove it: ")
      .with_command("rm -rf -- " + shell_word(path));
}

fs::path staging_path_for(const fs::path& target) {
  const fs::path parent = target.parent_path();
  const bool stays = base::link_status(target) &&
                     (target == parent || base::is_mount_point(target) ||
                      holds_current_directory(target) || !base::is_writable_folder(parent));
  return stays ? staging_path_inside(target) : sibling_of(target);
}

std::array<fs::path, 2> staging_paths_of(const fs::path& target) {
  return {sibling_of(target), staging_path_inside(target)};
}

fs::path staging_path_inside(const fs::path& target) { return target / ".ensure"; }

std::string further_staging_name(const fs::path& primary) {
  return ".ensure-" + short_digest(primary);
}

Staging::Staging(base::Directory parent, base::Directory directory, DirectoryLock lock)
    : parent_(std::move(parent)), directory_(std::move(directory)), lock_(std::move(lock)) {}

Staging Staging::acquire(ParentDirectories& parents, const std::string& name,
                         std::chrono::milliseconds timeout) {
  Waiting waiting(timeout);
  while (true) {
    base::Directory parent = parents.open();
    std::optional<base::Directory> directory = make_or_open(parent, name);
    // Another process may have created the parent, failed, and removed it again.
    if (!directory) continue;
    std::optional<DirectoryLock> lock = DirectoryLock::try_take(*directory);
    if (!lock) {
      waiting.pause(directory->path());
      continue;
    }
    if (!lock->is_of_current(parent, *directory)) continue;
    if (!parents.is_lowest(parent)) {
      (void)parent.remove_empty_directory(name);
      waiting.pause(directory->path());
      continue;
    }
    Staging staging(std::move(parent), *std::move(directory), *std::move(lock));
    try {
      staging.check_content();
    } catch (const Error&) {
      staging.remove_if_empty();
      throw;
    }
    return staging;
  }
}

Staging Staging::acquire(const fs::path& path, std::chrono::milliseconds timeout) {
  ParentDirectories parents(resolved_target(path.parent_path()));
  Staging staging = acquire(parents, path.filename(), timeout);
  parents.keep();
  return staging;
}

Staging Staging::open_guarded(base::Directory parent, const std::string& name) {
  std::optional<base::Directory> directory = make_or_open(parent, name);
  if (!directory)
    throw base::FileError("create the directory", (parent.path() / name).native(), ENOENT);
  Staging staging(std::move(parent), *std::move(directory), DirectoryLock());
  staging.check_content();
  return staging;
}

void Staging::check_content() const {
  const auto is_one_of = [](const auto& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  for (const std::string& name : directory_.list()) {
    if (is_removed_on_nfs(name)) continue;
    if (!is_one_of(kContent, name) && !is_one_of(kCompanions, name)) {
      throw not_ours(path(), "it holds `" + name + "`, which `ensure` does not put there");
    }
    check_file(name);
  }
}

/// Throws unless the entry is what `ensure` creates under that name: `new` and `old` are
/// directories, all others are files with one name.
void Staging::check_file(const std::string& name) const {
  const std::optional<base::FileStatus> status = directory_.link_status(name);
  if (!status) return;
  const bool is_directory = name == kNew || name == kOld;
  const bool is_sound = is_directory
                            ? status->type == base::FileType::kDirectory
                            : status->type == base::FileType::kRegular && status->links == 1;
  if (!is_sound) throw not_ours(path(), "`" + name + "` in it is not what `ensure` puts there");
  if (status->owner != geteuid() || (!is_directory && !status->is_private())) {
    throw not_ours(path(), "`" + name + "` in it can be written by other users");
  }
}

/// Checks the file again once it is open: it may have been exchanged since `check_file`.
std::optional<std::string> Staging::read_own_file(const std::string& name) const {
  constexpr std::size_t kLargest = std::size_t{256} << 20U;
  const std::optional<base::Descriptor> file = directory_.open_regular_file(name);
  if (!file) return std::nullopt;
  const base::FileStatus status = base::status_of(*file, path() / name);
  if (!status.is_private() || status.links != 1) {
    throw not_ours(path(), "`" + name + "` in it can be written by other users");
  }
  return base::read_file(*file, path() / name, kLargest);
}

void Staging::make_directories() {
  staged_ = directory_.create_directory(kNew);
  (void)directory_.create_directory(kOld);
}

std::optional<StoredJournal> Staging::read_journal() const {
  for (const char* name : {kJournal, kRetiredJournal}) {
    const std::optional<std::string> bytes = read_own_file(name);
    if (!bytes) continue;
    std::optional<Journal> journal = Journal::try_parse(*bytes);
    if (!journal) throw not_ours(path(), "its journal cannot be read");
    if (journal->staging != directory_.identity()) {
      throw not_ours(path(), "its journal was written in another directory");
    }
    return StoredJournal{*std::move(journal), name == kRetiredJournal};
  }
  return std::nullopt;
}

void Staging::write_journal(Journal journal) const {
  journal.staging = directory_.identity();
  directory_.remove_tree(kUnfinishedJournal);
  directory_.write_file(kUnfinishedJournal, journal.to_bytes(), 0600);
  base::write_through({directory_, kUnfinishedJournal});
  base::rename({directory_, kUnfinishedJournal}, {directory_, kJournal});
  base::write_through(directory_);
}

void Staging::retire_journal() const {
  if (!directory_.link_status(kJournal)) return;
  base::rename({directory_, kJournal}, {directory_, kRetiredJournal});
}

void Staging::write_created_parents(std::size_t count) const {
  if (count == 0 || directory_.link_status(kParents)) return;
  directory_.write_file(kParents, std::to_string(count) + " " + directory_.identity(), 0600);
}

/// Ignores a note that was written in another directory: it would make us remove directories that
/// this program has not created.
std::size_t Staging::read_created_parents() const {
  const std::optional<std::string> text = read_own_file(kParents);
  if (!text || !text->ends_with(" " + directory_.identity())) return 0;
  std::size_t count = 0;
  (void)std::from_chars(text->data(), text->data() + text->size(), count);
  return count;
}

void Staging::clear() {
  staged_.reset();
  for (const char* name : kContent) directory_.remove_tree(name);
}

void Staging::remove_if_empty() const { (void)parent_.remove_empty_directory(name()); }

void Staging::remove() {
  directory_.remove_tree(kParents);
  lock_.remove_file(directory_);
  if (parent_.remove_empty_directory(name())) return;
  if (!parent_.link_status(name()) || lock_.is_by_file()) return;
  throw base::FileError("remove", path().native(), ENOTEMPTY);
}

}  // namespace ensure::install
