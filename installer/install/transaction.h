#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <list>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "installer/base/files.h"
#include "installer/install/change_steps.h"
#include "installer/install/journal.h"
#include "installer/install/parent_folders.h"
#include "installer/install/staging.h"
#include "installer/install/target_tree.h"

namespace ensure::install {

/// All changes of one target: it is as it was before, or as requested, whatever happens.
///
/// New files are written into the directory `staged()`. Then `place` and `remove` say what is to
/// change, `apply` changes it, and `commit` makes that final; without `commit`, the destructor
/// restores the state before.
///
/// A single change is one system call (a rename, or an exchange with what was there) and so
/// atomic by itself. Several are made under a journal: after a kill, the next transaction with
/// the same staging path undoes those that were made. Until then whatever is not changed is whole:
/// what is new comes first, then what is replaced, then what describes it (`.dist-info`), and
/// removals come last.
class Transaction {
 public:
  /// What the caller has found at a destination. Anything else there, when the change is made, is
  /// an error: somebody else is working on the target.
  enum class Existing { kNothing, kEmptyFolder, kAnything };

  /// Creates the staging directory at `staging_path` (and missing directories above), locks it, and
  /// restores what a killed process has left half changed. Changes are limited to
  /// `bounds`; the staging path is inside of a bound, or a sibling of it.
  ///
  /// What was known of the target before may be out of date then: another process may have held
  /// the lock. Throws `Error`: `kLocked` where the lock cannot be had within `lock_timeout`,
  /// `kFileSystem` where a link leads the staging path out of the target.
  Transaction(const TargetBounds& bounds, const fs::path& staging_path,
              std::chrono::milliseconds lock_timeout);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  /// Takes the beginning of `later`, whose lock was taken after this one: another process may have
  /// changed the target in between, and what it has written is no change of a stranger's.
  void begin_with(const Transaction& later) { begin_ = later.begin_; }

  /// The directory in which everything new is created; renames to the target stay within one file
  /// system where the staging path was chosen by `staging_path_for` or `staging_path_inside`.
  [[nodiscard]] const base::Directory& staged() const { return staging_.staged(); }

  /// The directory in which to create what goes below `directory`: `staged()` or, where that is on
  /// another file system, a further one inside the nearest existing directory above. References
  /// stay valid for the life of the transaction.
  [[nodiscard]] const base::Directory& staged_for(const fs::path& directory);

  /// The directories that may be changed, and how paths in them are resolved.
  [[nodiscard]] TargetTree& tree() { return tree_; }

  /// Moves `staged`, a path in one of the directories for staged files, to `destination`. What is
  /// there is removed; a directory hands its mode and owner on to a directory that replaces it.
  /// Missing directories above are created.
  void place(const fs::path& staged, const fs::path& destination, Existing existing);

  /// Removes a file, a link or a whole directory, once however often it is called for that.
  void remove(const fs::path& destination);

  /// Whether `remove` has been called for `destination` itself.
  [[nodiscard]] bool removes(const fs::path& destination);

  /// The staged path that `place` has been called with for `destination` itself.
  [[nodiscard]] std::optional<fs::path> staged_at(const fs::path& destination);

  /// Opens the directory that a staged path lies in.
  [[nodiscard]] OpenEntry open_staged(const fs::path& staged) const;

  [[nodiscard]] bool empty() const { return changes_.empty(); }

  /// Makes all changes. Where one fails, those made are undone and the error is thrown. Files that
  /// somebody has created or changed in what would be replaced or removed, since the lock was
  /// taken, are such an error: nothing of theirs is lost.
  void apply();

  /// Undoes what `apply` did.
  void roll_back();

  /// Makes what `apply` did final, and removes the staging directory and what has been replaced.
  /// Never throws once the changes are final: what cannot be removed is left to the next run.
  void commit();

 private:
  enum class State { kOpen, kMoved, kExchanged, kJournalled };

  struct Planned {
    Change change;
    Existing existing;
  };

  using Key = std::pair<Change::Kind, TargetEntry>;

  /// Undoes what the journal of a killed process says, and removes the rest of it.
  void recover();
  [[nodiscard]] std::vector<Change> adopt(const Journal& journal);
  void undo(const std::vector<Change>& changes);

  [[nodiscard]] ChangeSteps steps() const;
  [[nodiscard]] std::size_t staging_for(const TargetEntry& directory);
  [[nodiscard]] Staging& staging(std::size_t index);
  [[nodiscard]] StagedEntry staged_entry(const fs::path& path) const;
  [[nodiscard]] fs::path path_of(const StagedEntry& entry) const;
  [[nodiscard]] Journal journal() const;
  [[nodiscard]] std::vector<Change> planned_changes() const;
  [[nodiscard]] Planned* find(Change::Kind kind, const TargetEntry& destination);
  void plan(Planned planned);
  void plan_missing_folders(const TargetEntry& entry);

  void sort_changes();
  void note_inodes();
  void refuse_mounts() const;

  /// Makes the only change by one system call; false where the file system has none for it.
  [[nodiscard]] bool apply_in_one_step();
  void apply_under_journal();
  void check_displaced(const Planned& planned, const OpenEntry& displaced) const;
  void apply_one(const Planned& planned);

  /// Replaces each change that moves a directory out of the way by changes that move what is in it;
  /// false where there is none.
  [[nodiscard]] bool split_folder_changes();

  /// Removes everything that is staged; `discard` also the staging directory itself.
  void clear();
  void discard();
  void discard_if_possible();

  TargetTree tree_;
  ParentFolders parents_;
  Staging staging_;
  std::list<Staging> further_stagings_;
  std::vector<TargetEntry> further_directories_;  ///< those that they lie in
  std::vector<Planned> changes_;
  std::map<Key, std::size_t> planned_;  ///< indexes of `changes_`, until they are applied
  std::int64_t begin_ = 0;  ///< when the last lock was taken, by the clock of the file system
  State state_ = State::kOpen;
  bool discarded_ = false;
};

/// Whether a killed process may have left something to recover at either staging path of `target`.
[[nodiscard]] bool has_leftovers(const fs::path& target);

/// Restores and removes what a killed process has left at the staging paths of `target`, a bound or
/// inside of one; waits for a process that is still working on it.
void recover_leftovers(const TargetBounds& bounds, const fs::path& target,
                       std::chrono::milliseconds lock_timeout);

}  // namespace ensure::install
