#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "installer/base/directory.h"
#include "installer/base/path.h"
#include "installer/install/transaction/directory_lock.h"
#include "installer/install/transaction/staging_paths.h"

namespace ensure::install {

/// The parent directory of a staging directory. Creates it and the missing directories above it,
/// and removes them again unless they are kept. Follows no links.
class ParentDirectories {
 public:
  /// `lowest` is absolute and free of links, as far as it exists.
  explicit ParentDirectories(const base::Path& lowest) : lowest_(lowest), deepest_(lowest) {}
  ~ParentDirectories();
  ParentDirectories(const ParentDirectories&) = delete;
  ParentDirectories& operator=(const ParentDirectories&) = delete;

  /// Opens the lowest directory, and creates missing ones. Throws `FileError`.
  [[nodiscard]] base::Directory open();

  /// Whether `opened`, which `open` has returned, still is the lowest directory: another process
  /// may have replaced it meanwhile.
  [[nodiscard]] bool is_lowest(const base::Directory& opened) const;

  /// How many have been created.
  [[nodiscard]] std::size_t created() const { return created_; }

  /// Takes over those that a killed process has created, `count` levels up.
  void take_over(std::size_t count);

  void keep() { created_ = 0; }

 private:
  base::Path lowest_;
  base::Path deepest_;  ///< the lowest of the created directories
  std::size_t created_ = 0;
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
