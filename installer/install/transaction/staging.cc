#include "installer/install/transaction/staging.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <thread>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/placement.h"
#include "installer/base/process.h"
#include "installer/install/transaction/target_tree.h"

namespace ensure::install {

namespace {

using base::Error;
using base::ExitCode;
using base::FileFailure;
using base::Permissions;
using Clock = std::chrono::steady_clock;

constexpr const char* kJournal = "journal";
constexpr const char* kUnfinishedJournal = "journal.part";
constexpr const char* kRetiredJournal = "journal.retired";
constexpr const char* kParents = "parents";

/// All entries of a staging directory. `clear` removes those before `kParents`, in that order.
constexpr std::array kContent = {kStagedNew,      kStagedOld, kUnfinishedJournal,  kJournal,
                                 kRetiredJournal, kParents,   DirectoryLock::kFile};

/// Throws if another user could have written in the directory.
void check_owner(const base::Directory& directory) {
  const base::FileStatus status = directory.status();
  if (status.is_private()) return;
  throw not_ours(directory.path(), !status.belongs_to_this_user() ? "it belongs to another user"
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
    if (error.failure() == FileFailure::kMissing) return std::nullopt;
    const FileFailure failure = error.failure();
    if (failure == FileFailure::kNotDirectory || failure == FileFailure::kLink) {
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
      base::Directory directory = parent.create_directory(name, Permissions::kPrivate);
      check_owner(directory);
      return directory;
    } catch (const base::FileError& error) {
      const bool is_missing = error.failure() == FileFailure::kMissing;
      const bool has_vanished = is_missing && parent.status().links == 0;
      if (has_vanished) return std::nullopt;
      // A process that has taken it for a leftover may have removed it before it was opened.
      const bool was_removed = is_missing && removals < kMostRemovals;
      if (error.failure() != FileFailure::kExists && !was_removed) {
        remove_unopened(parent, name);
        throw;
      }
    }
    if (std::optional<base::Directory> directory = open_existing(parent, name)) return directory;
    base::check_interrupt();
  }
}

/// The pauses of a process that waits for others. They grow, so that a short wait ends soon.
class Waiting {
 public:
  explicit Waiting(std::chrono::milliseconds timeout) : deadline_(Clock::now() + timeout) {}

  /// Throws if the next pause would end too late.
  void pause(const base::Path& path) {
    base::check_interrupt();
    if (Clock::now() + pause_ > deadline_) {
      throw Error(ExitCode::kLocked, "another process holds the lock `" + path.text() + "`")
          .with_hint("wait until it has ended, or give it more time with `--lock-timeout`");
    }
    std::this_thread::sleep_for(pause_);
    pause_ = std::min(pause_ * 2, kLongestPause);
  }

  /// For another try after another process has removed a directory. Pauses only if this goes on.
  void retry(const base::Path& path) {
    constexpr int kMostQuickRetries = 100;
    if (++retries_ > kMostQuickRetries) pause(path);
  }

 private:
  static constexpr std::chrono::milliseconds kLongestPause{50};

  Clock::time_point deadline_;
  std::chrono::milliseconds pause_{1};
  int retries_ = 0;
};

Error no_locks(const base::Directory& directory) {
  return Error(ExitCode::kFileSystem,
               "the file system of `" + directory.path().text() + "` does not support locks")
      .with_hint("mount it with support for locks, or choose a target on another file system");
}

}  // namespace

std::optional<DirectoryLock> DirectoryLock::try_take(const base::Directory& directory) {
  DirectoryLock lock;
  base::Lock result = base::try_lock(directory);
  if (result == base::Lock::kUnsupported) {
    std::optional<base::File> file = base::open_lock_file(directory, kFile);
    if (!file) return std::nullopt;
    lock.file_ = *std::move(file);
    lock.is_by_file_ = true;
    result = base::try_lock_file(lock.file_);
  }
  if (result == base::Lock::kUnsupported) throw no_locks(directory);
  if (result == base::Lock::kHeldByOther) return std::nullopt;
  return lock;
}

bool DirectoryLock::is_of_current(const base::Directory& parent,
                                  const base::Directory& directory) const {
  const std::optional<base::FileStatus> named = parent.link_status(directory.path().filename());
  if (!named || !named->same_file(directory.status())) return false;
  if (!is_by_file_) return true;
  const std::optional<base::FileStatus> in_directory = directory.link_status(kFile);
  return in_directory && in_directory->same_file(file_.status());
}

void DirectoryLock::remove_file(const base::Directory& directory) {
  directory.remove_file(kFile);
  file_.close();
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
    if (!directory) {
      waiting.retry(parent.path() / name);
      continue;
    }
    std::optional<DirectoryLock> lock = DirectoryLock::try_take(*directory);
    if (!lock) {
      waiting.pause(directory->path());
      continue;
    }
    if (!lock->is_of_current(parent, *directory)) {
      waiting.retry(directory->path());
      continue;
    }
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

Staging Staging::acquire(const base::Path& path, std::chrono::milliseconds timeout) {
  ParentDirectories parents(resolved_target(path.parent_path()));
  Staging staging = acquire(parents, path.filename().text(), timeout);
  parents.keep();
  return staging;
}

Staging Staging::open_guarded(base::Directory parent, const std::string& name) {
  std::optional<base::Directory> directory = make_or_open(parent, name);
  if (!directory) {
    throw base::FileError("create the directory", (parent.path() / name).text(),
                          FileFailure::kMissing);
  }
  Staging staging(std::move(parent), *std::move(directory), DirectoryLock());
  staging.check_content();
  return staging;
}

void Staging::check_content() const {
  for (const std::string& name : directory_.list()) {
    if (name.starts_with(".nfs")) continue;  // a removed file on NFS that is still open somewhere
    if (std::ranges::find(kContent, name) == kContent.end()) {
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
  const bool is_directory = name == kStagedNew || name == kStagedOld;
  const bool is_sound = is_directory
                            ? status->type == base::FileType::kDirectory
                            : status->type == base::FileType::kRegular && status->links == 1;
  if (!is_sound) throw not_ours(path(), "`" + name + "` in it is not what `ensure` puts there");
  if (!status->belongs_to_this_user() || (!is_directory && !status->is_private())) {
    throw not_ours(path(), "`" + name + "` in it can be written by other users");
  }
}

/// Checks the file again once it is open: it may have been exchanged since `check_file`.
std::optional<std::string> Staging::read_own_file(const std::string& name) const {
  constexpr std::size_t kLargest = std::size_t{256} << 20U;
  const std::optional<base::File> file = directory_.open_file(name);
  if (!file) return std::nullopt;
  const base::FileStatus status = file->status();
  if (!status.is_private() || status.links != 1) {
    throw not_ours(path(), "`" + name + "` in it can be written by other users");
  }
  return file->read(kLargest);
}

void Staging::make_directories() {
  staged_ = directory_.create_directory(kStagedNew, Permissions::kPlain);
  (void)directory_.create_directory(kStagedOld, Permissions::kPlain);
}

std::optional<StoredJournal> Staging::read_journal() const {
  for (const char* name : {kJournal, kRetiredJournal}) {
    if (std::optional<std::string> bytes = read_own_file(name)) {
      return StoredJournal{*std::move(bytes), name == kRetiredJournal};
    }
  }
  return std::nullopt;
}

void Staging::write_journal(std::string_view bytes) const {
  directory_.remove_tree(kUnfinishedJournal);
  directory_.write_file(kUnfinishedJournal, bytes, Permissions::kPrivate);
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
  directory_.write_file(kParents, std::to_string(count) + " " + directory_.identity(),
                        Permissions::kPrivate);
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
  for (const char* name : kContent) {
    if (name == kParents) return;
    directory_.remove_tree(name);
  }
}

void Staging::remove_if_empty() const { (void)parent_.remove_empty_directory(path().filename()); }

void Staging::remove() {
  directory_.remove_tree(kParents);
  lock_.remove_file(directory_);
  const base::Path name = path().filename();
  if (parent_.remove_empty_directory(name)) return;
  if (!parent_.link_status(name) || lock_.is_by_file()) return;
  throw base::FileError("remove", path().text(), FileFailure::kNotEmpty);
}

}  // namespace ensure::install
