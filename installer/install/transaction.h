#pragma once

#include <chrono>
#include <filesystem>
#include <list>
#include <optional>
#include <vector>

#include "installer/base/files.h"
#include "installer/install/journal.h"
#include "installer/install/parent_folders.h"
#include "installer/install/staging.h"

namespace ensure::install {

/// All changes of one target: it is as it was before, or as asked for, whatever happens.
///
/// New files are written into the folder `staged()`. Then `place` and `remove` say what is to
/// change, `apply` changes it, and `commit` makes that final; without `commit`, the destructor
/// restores the state before.
///
/// A single change is one system call (a rename, or an exchange with what was there) and so
/// atomic by itself. Several are made under a journal: after a kill, the next transaction with
/// the same staging path undoes those that were made.
class Transaction {
 public:
  /// What the caller has found at a destination. Anything else there, when the change is made, is
  /// an error: somebody else is working on the target.
  enum class Existing { kNothing, kEmptyFolder, kAnything };

  /// Creates the staging folder at `staging_path` (and missing folders above), locks it, and
  /// restores what a killed process has left half changed.
  ///
  /// What was known of the target before may be out of date then: another process may have held
  /// the lock. Throws `Error`: `kLocked` where the lock cannot be had within `lock_timeout`.
  Transaction(const fs::path& staging_path, std::chrono::milliseconds lock_timeout);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  /// The folder in which everything new is created; renames to the target stay within one file
  /// system where the staging path was chosen by `staging_path_for` or `staging_path_inside`.
  [[nodiscard]] const base::Directory& staged() const { return staging_.staged(); }

  /// The folder in which to create what goes below `directory`: `staged()`, or, where that is on
  /// another file system, a further folder inside the nearest existing folder above. References
  /// stay valid for the life of the transaction.
  [[nodiscard]] const base::Directory& staged_for(const fs::path& directory);

  /// Whether the folder `destination` can be replaced in one step, as far as the file system says
  /// so; where it cannot, each file in it is moved.
  [[nodiscard]] bool can_exchange(const fs::path& destination) const;

  /// Moves `staged`, a path in one of the folders for staged files, to `destination`. What is there
  /// is removed; a folder hands its mode and owner on to a folder that replaces it. Missing
  /// folders above are created.
  void place(const fs::path& staged, const fs::path& destination, Existing existing);

  /// Removes a file, a link or a whole folder.
  void remove(const fs::path& destination);

  /// Whether `remove` has been called for `destination` itself.
  [[nodiscard]] bool removes(const fs::path& destination);

  [[nodiscard]] bool empty() const { return changes_.empty(); }

  /// Makes all changes. Where one fails, those made are undone and the error is thrown.
  void apply();

  /// Undoes what `apply` did.
  void roll_back();

  /// Makes what `apply` did final, and removes the staging folder and what has been replaced.
  /// Never throws once the changes are final: what cannot be removed is left to the next run.
  void commit();

 private:
  enum class State { kOpen, kMoved, kExchanged, kJournalled };

  struct Planned {
    Change change;
    Existing existing;
  };

  /// Undoes what the journal of a killed process says, and removes the rest of it.
  void recover();
  void undo(const std::vector<Change>& changes);

  [[nodiscard]] Staging& staging_for(const fs::path& directory);
  [[nodiscard]] Journal journal() const;
  [[nodiscard]] Planned* find(Change::Kind kind, const fs::path& destination);
  void plan(Planned planned);
  void plan_missing_folders(const fs::path& folder);

  /// Makes the only change by one system call; false where the file system has none for it.
  [[nodiscard]] bool apply_in_one_step();
  void apply_under_journal();

  /// Replaces each change that moves a folder out of the way by changes that move what is in it;
  /// false where there is none.
  [[nodiscard]] bool split_folder_changes();

  /// Removes everything that is staged; `discard` also the staging folder itself.
  void clear();
  void discard();
  void discard_if_possible();

  ParentFolders parents_;
  Staging staging_;
  std::list<Staging> further_stagings_;
  std::vector<Planned> changes_;
  State state_ = State::kOpen;
  bool discarded_ = false;
};

/// Whether a killed process may have left something to recover at either staging path of `target`.
[[nodiscard]] bool has_leftovers(const fs::path& target);

/// Restores and removes what a killed process has left at the staging paths of `target`; waits for
/// a process that is still working on it.
void recover_leftovers(const fs::path& target, std::chrono::milliseconds lock_timeout);

}  // namespace ensure::install
