#pragma once

#include <array>
#include <chrono>
#include <filesystem>
#include <optional>

#include "installer/base/files.h"
#include "installer/install/folder_lock.h"
#include "installer/install/journal.h"

namespace ensure::install {

namespace fs = std::filesystem;

/// `target` as it is worked on: absolute, with the links in it resolved as far as it exists.
[[nodiscard]] fs::path resolved_target(const fs::path& target);

/// The staging folder for the change of a resolved `target`: the hidden sibling `.NAME.ensure`, so
/// that the target is replaced by one rename. Where the target cannot be renamed (it is a mount
/// point, its parent folder is not writable) or should stay the folder it is (it holds the current
/// folder), it is the one inside the target.
[[nodiscard]] fs::path staging_path_for(const fs::path& target);

/// The staging folder inside `target`: for a folder that is changed but never replaced, such as
/// the site-packages folder of an interpreter.
[[nodiscard]] fs::path staging_path_inside(const fs::path& target);

/// Both of them: which one was chosen for a change that was killed may not be known any more.
[[nodiscard]] std::array<fs::path, 2> staging_paths_of(const fs::path& target);

/// The staging folder of all changes below `directory` that belong to the transaction staged at
/// `primary`, for a directory on another file system.
[[nodiscard]] fs::path staging_path_beside(const fs::path& directory, const fs::path& primary);

/// A journal as it lies in a staging folder.
struct StoredJournal {
  Journal journal;
  bool retired;  ///< nothing of it is to be undone, only its staging folders to be removed
};

/// A folder for what is not in place yet. It is created with mode 0700, holds nothing but what this
/// program puts there, and is worked on through its descriptor: a link raced into its path leads
/// nothing astray. While it exists, its lock decides who may change the target.
class Staging {
 public:
  static constexpr const char* kNew = "new";  ///< holds what is to be moved into place
  static constexpr const char* kOld = "old";  ///< holds what has been moved out of the way

  /// Creates the folder, or takes over the one that a killed process has left, and locks it.
  /// Throws `Error`: `kLocked` where another process holds it for longer than `timeout`,
  /// `kFileSystem` where what is there was not made by this program or by this user.
  static Staging acquire(const fs::path& path, std::chrono::milliseconds timeout);

  /// Opens or creates a folder that is guarded by the lock of another one.
  static Staging open_guarded(const fs::path& path);

  [[nodiscard]] const base::Directory& folder() const { return folder_; }
  [[nodiscard]] const fs::path& path() const { return folder_.path(); }

  /// Creates `new` and `old` in the folder, which holds neither.
  void make_folders();

  /// The folder `new`; `make_folders` has been called.
  [[nodiscard]] const base::Directory& staged() const { return *staged_; }

  /// The journal that is in force; none where there is none. Throws where it cannot be read.
  [[nodiscard]] std::optional<StoredJournal> read_journal() const;

  /// Puts a journal in force, in one step.
  void write_journal(const Journal& journal) const;

  /// Says, in one step, that nothing of the journal is to be undone any more.
  void retire_journal() const;

  /// Notes how many of the folders above have been created for this one, so that the next process
  /// can remove them when this one is killed.
  void write_created_parents(std::size_t count) const;
  [[nodiscard]] std::size_t read_created_parents() const;

  /// Removes what is in the folder but the lock and the note about its parents; what tells how to
  /// recover goes last.
  void clear();

  /// Removes the folder where nothing is in it, not even a note.
  void remove_if_empty() const;

  /// Removes the empty folder itself, unless another process has taken it over.
  void remove();

 private:
  Staging(base::Directory folder, FolderLock lock);

  /// Throws where the folder holds anything that this program does not put there.
  void check_content() const;

  base::Directory folder_;
  FolderLock lock_;
  std::optional<base::Directory> staged_;
};

}  // namespace ensure::install
