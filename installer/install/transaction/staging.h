#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "installer/base/directory.h"
#include "installer/base/path.h"
#include "installer/install/transaction/staging_paths.h"

namespace ensure::install {

/// The lock of a staging directory: a lock of the directory itself or, on network file systems that
/// lock only files that are open for writing, of a file in it. It ends with the process that holds
/// it.
class DirectoryLock {
 public:
  static constexpr const char* kFile = "lock";

  /// Returns nullopt if another process holds the lock. Throws `Error` (`kFileSystem`) if the file
  /// system has no locks at all.
  [[nodiscard]] static std::optional<DirectoryLock> try_take(const base::Directory& directory);

  /// Whether the directory still has its name in `parent`, and still contains the lock file if
  /// there is one: the previous holder of the lock may have removed them.
  [[nodiscard]] bool is_of_current(const base::Directory& parent,
                                   const base::Directory& directory) const;

  /// Removes the lock file before the directory is removed. This ends the lock of the file, because
  /// NFS keeps a removed file that is open; the lock of a directory is held on.
  void remove_file(const base::Directory& directory);

  /// Whether another process may take the lock after `remove_file`.
  [[nodiscard]] bool is_by_file() const { return is_by_file_; }

 private:
  base::File file_;
  bool is_by_file_ = false;
};

/// The bytes of a journal in a staging directory.
struct StoredJournal {
  std::string bytes;
  bool retired;  ///< its changes are final; only the staging directories are left to remove
};

/// A directory for files that are not in place yet. It is created with mode 0700, contains only
/// files of this program, and is used through its descriptor: exchanging its path for a link or
/// another directory has no effect. While it exists, the process that holds its lock may change the
/// target.
///
/// An existing directory is taken over only if no other user can have written in it: it and the
/// files in it belong to this user, neither group nor others may write, and no file has a second
/// name.
class Staging {
 public:
  /// Creates the directory `name`, or takes over the one that a killed process has left, and locks
  /// it. Throws `Error`: `kLocked` if another process holds it for longer than `timeout`,
  /// `kFileSystem` if this program or this user has not created the existing directory.
  static Staging acquire(ParentDirectories& parent, const std::string& name,
                         std::chrono::milliseconds timeout);

  /// Like the above, for a staging directory that belongs to no target. Keeps the directories above
  /// that it creates.
  static Staging acquire(const base::Path& path, std::chrono::milliseconds timeout);

  /// Opens or creates a further staging directory, which the lock of another one guards.
  static Staging open_guarded(base::Directory parent, const std::string& name);

  [[nodiscard]] const base::Directory& directory() const { return directory_; }
  [[nodiscard]] const base::Path& path() const { return directory_.path(); }

  /// Creates `new` and `old` in the directory, which must contain neither.
  void make_directories();

  /// The directory `new`. Call `make_directories` first.
  [[nodiscard]] const base::Directory& staged() const { return *staged_; }

  /// The journal of a killed process; nullopt if there is none.
  [[nodiscard]] std::optional<StoredJournal> read_journal() const;

  /// Writes the journal, flushes it to the disk, and puts it in force by one rename.
  void write_journal(std::string_view bytes) const;

  /// Makes the changes of the journal final, by one rename: recovery no longer undoes them.
  void retire_journal() const;

  /// Notes how many of the directories above have been created for this one, so that the next
  /// process can remove them when this one is killed.
  void write_created_parents(std::size_t count) const;
  [[nodiscard]] std::size_t read_created_parents() const;

  /// Removes the content of the directory except the lock and the note about its parents. Removes
  /// the journal last.
  void clear();

  /// Removes the directory if it is empty.
  void remove_if_empty() const;

  /// Removes the empty directory itself, unless another process has taken it over.
  void remove();

 private:
  Staging(base::Directory parent, base::Directory directory, DirectoryLock lock);

  /// Throws if the directory contains anything that this program does not put there.
  void check_content() const;
  void check_file(const std::string& name) const;
  [[nodiscard]] std::optional<std::string> read_own_file(const std::string& name) const;

  base::Directory parent_;
  base::Directory directory_;
  DirectoryLock lock_;
  std::optional<base::Directory> staged_;
};

}  // namespace ensure::install
