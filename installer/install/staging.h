#pragma once

#include <array>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "installer/base/error.h"
#include "installer/base/files.h"
#include "installer/install/folder_lock.h"
#include "installer/install/journal.h"
#include "installer/install/parent_folders.h"
#include "installer/install/target_tree.h"

namespace ensure::install {

namespace fs = std::filesystem;

/// The staging directory for the change of a resolved `target`: the hidden sibling `.NAME.ensure`,
/// so that the target is replaced by one rename. Where the target cannot be renamed (it is a mount
/// point, its parent directory is not writable) or should stay the directory it is (it holds the
/// current directory), it is the one inside the target.
[[nodiscard]] fs::path staging_path_for(const fs::path& target);

/// The staging directory inside `target`: for a directory that is changed but never replaced, such
/// as the site-packages directory of an interpreter.
[[nodiscard]] fs::path staging_path_inside(const fs::path& target);

/// Both of them: which one was chosen for a change that was killed may not be known any more.
[[nodiscard]] std::array<fs::path, 2> staging_paths_of(const fs::path& target);

/// The name of the staging directory of all changes on another file system that belong to the
/// transaction staged at `primary`.
[[nodiscard]] std::string further_staging_name(const fs::path& primary);

/// What is at the staging path was not made by this program, or somebody else could have changed it
/// since: an error that names the command to remove it.
[[nodiscard]] base::Error not_ours(const fs::path& path, const std::string& reason);

/// A journal as it lies in a staging directory.
struct StoredJournal {
  Journal journal;
  bool retired;  ///< nothing of it is to be undone, only its staging directories to be removed
};

/// A directory for what is not in place yet. It is created with mode 0700, holds nothing but what
/// this program puts there, and is worked on through its descriptor: a link or another directory
/// raced into its path leads nothing astray. While it exists, its lock decides who may change the
/// target.
///
/// A directory that is there already is taken over only where nobody else can have written in it:
/// it and the files in it belong to this user, neither its group nor others may write, and no file
/// has a second name. A journal in it counts only where it names the identity of this directory.
class Staging {
 public:
  static constexpr const char* kNew = "new";  ///< holds what is to be moved into place
  static constexpr const char* kOld = "old";  ///< holds what has been moved out of the way

  /// Creates the directory `name`, or takes over the one that a killed process has left, and locks
  /// it. Throws `Error`: `kLocked` where another process holds it for longer than `timeout`,
  /// `kFileSystem` where what is there was not made by this program or by this user.
  static Staging acquire(ParentFolders& parent, const std::string& name,
                         std::chrono::milliseconds timeout);

  /// Like the above, for a directory that is staged in and is part of no target; those above it
  /// stay.
  static Staging acquire(const fs::path& path, std::chrono::milliseconds timeout);

  /// Opens or creates a directory that is guarded by the lock of another one.
  static Staging open_guarded(base::Directory parent, const std::string& name);

  [[nodiscard]] const base::Directory& folder() const { return folder_; }
  [[nodiscard]] const fs::path& path() const { return folder_.path(); }
  [[nodiscard]] std::string name() const { return folder_.path().filename(); }

  /// Creates `new` and `old` in the directory, which holds neither.
  void make_folders();

  /// The directory `new`; `make_folders` has been called.
  [[nodiscard]] const base::Directory& staged() const { return *staged_; }

  /// The journal that is in force. Throws `Error` (`kFileSystem`) where it cannot be read, or was
  /// not written in this directory.
  [[nodiscard]] std::optional<StoredJournal> read_journal() const;

  /// Puts a journal in force, in one step, and writes it through to the disk.
  void write_journal(Journal journal) const;

  /// Says, in one step, that nothing of the journal is to be undone any more.
  void retire_journal() const;

  /// Notes how many of the directories above have been created for this one, so that the next
  /// process can remove them when this one is killed.
  void write_created_parents(std::size_t count) const;
  [[nodiscard]] std::size_t read_created_parents() const;

  /// Removes what is in the directory but the lock and the note about its parents; what tells how
  /// to recover goes last.
  void clear();

  /// Removes the directory where nothing is in it, not even a note.
  void remove_if_empty() const;

  /// Removes the empty directory itself, unless another process has taken it over.
  void remove();

 private:
  Staging(base::Directory parent, base::Directory folder, FolderLock lock);

  /// Throws where the directory holds anything that this program does not put there.
  void check_content() const;
  void check_file(const std::string& name) const;
  [[nodiscard]] std::optional<std::string> read_own_file(const std::string& name) const;

  base::Directory parent_;
  base::Directory folder_;
  FolderLock lock_;
  std::optional<base::Directory> staged_;
};

}  // namespace ensure::install
