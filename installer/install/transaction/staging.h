#pragma once

#include <array>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "installer/base/error.h"
#include "installer/base/files.h"
#include "installer/install/transaction/directory_lock.h"
#include "installer/install/transaction/journal.h"
#include "installer/install/transaction/parent_directories.h"
#include "installer/install/transaction/target_tree.h"

namespace ensure::install {

namespace fs = std::filesystem;

/// The staging directory for the change of a resolved `target`: the hidden sibling `.NAME.ensure`,
/// so that one rename replaces the target. It is the one inside the target if the target cannot be
/// renamed (it is a mount point, or its parent directory is not writable) or should keep its inode
/// (it holds the current directory).
[[nodiscard]] fs::path staging_path_for(const fs::path& target);

/// The staging directory inside `target`: for a directory that is changed but never replaced, such
/// as the site-packages directory of an interpreter.
[[nodiscard]] fs::path staging_path_inside(const fs::path& target);

/// Both staging directories of `target`: a killed run may have used either.
[[nodiscard]] std::array<fs::path, 2> staging_paths_of(const fs::path& target);

/// The name of further staging directories, on other file systems, of the transaction that is
/// staged at `primary`.
[[nodiscard]] std::string further_staging_name(const fs::path& primary);

/// The error (`kFileSystem`) for a staging directory that this program has not created, or that
/// another user could have changed since. Its hint is the command that removes it.
[[nodiscard]] base::Error not_ours(const fs::path& path, const std::string& reason);

/// A journal as it lies in a staging directory.
struct StoredJournal {
  Journal journal;
  bool retired;  ///< its changes are final; only the staging directories are left to remove
};

/// A directory for files that are not in place yet. It is created with mode 0700, contains only
/// files of this program, and is used through its descriptor: exchanging its path for a link or
/// another directory has no effect. While it exists, the process that holds its lock may change the
/// target.
///
/// An existing directory is taken over only if no other user can have written in it: it and the
/// files in it belong to this user, neither group nor others may write, and no file has a second
/// name. A journal in it counts only if it names the identity of this directory.
class Staging {
 public:
  static constexpr const char* kNew = "new";  ///< holds the entries to move into place
  static constexpr const char* kOld = "old";  ///< holds the entries moved out of the target

  /// Creates the directory `name`, or takes over the one that a killed process has left, and locks
  /// it. Throws `Error`: `kLocked` if another process holds it for longer than `timeout`,
  /// `kFileSystem` if this program or this user has not created the existing directory.
  static Staging acquire(ParentDirectories& parent, const std::string& name,
                         std::chrono::milliseconds timeout);

  /// Like the above, for a staging directory that belongs to no target. Keeps the directories above
  /// that it creates.
  static Staging acquire(const fs::path& path, std::chrono::milliseconds timeout);

  /// Opens or creates a further staging directory, which the lock of another one guards.
  static Staging open_guarded(base::Directory parent, const std::string& name);

  [[nodiscard]] const base::Directory& directory() const { return directory_; }
  [[nodiscard]] const fs::path& path() const { return directory_.path(); }
  [[nodiscard]] std::string name() const { return directory_.path().filename(); }

  /// Creates `new` and `old` in the directory, which must contain neither.
  void make_directories();

  /// The directory `new`. Call `make_directories` first.
  [[nodiscard]] const base::Directory& staged() const { return *staged_; }

  /// The journal of a killed process; nullopt if there is none. Throws `Error` (`kFileSystem`) if
  /// it is malformed, or was not written in this directory.
  [[nodiscard]] std::optional<StoredJournal> read_journal() const;

  /// Writes the journal, flushes it to the disk, and puts it in force by one rename.
  void write_journal(Journal journal) const;

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
