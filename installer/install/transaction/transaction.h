#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "installer/base/directory.h"
#include "installer/base/path.h"
#include "installer/install/transaction/change_steps.h"
#include "installer/install/transaction/journal.h"
#include "installer/install/transaction/staging.h"
#include "installer/install/transaction/target_tree.h"

namespace ensure::install {

/// All changes of one target: it is as it was before, or as requested, whatever happens.
///
/// New files are written into the directory `staged()`. Then `place` and `remove` plan the changes,
/// `apply` makes them, and `commit` makes them final. Without `commit`, the destructor restores the
/// state before.
///
/// A single change is one system call (a rename, or an exchange with the old entry) and so atomic
/// by itself. Several are made under a journal: after a kill, the next transaction with the same
/// staging path undoes those that were made. Until then all unchanged packages work: new entries
/// come first, then replaced ones, then metadata (`.dist-info`), then `pyvenv.cfg`, which makes an
/// environment valid, and removals come last.
class Transaction {
 public:
  /// The state in which the caller has found a destination. If it differs when the change is made,
  /// another program is working on the target, and `apply` throws.
  enum class Existing { kNothing, kEmptyDirectory, kAnything };

  /// Creates the staging directory at `staging_path` (and missing directories above), locks it, and
  /// undoes the changes of a killed process. Changes are limited to `bounds`; the staging path is
  /// inside of a bound, or a sibling of it.
  ///
  /// Examine the target again afterwards: another process may have held the lock and changed it.
  /// Throws `Error`: `kLocked` if the lock is not free within `lock_timeout`, `kFileSystem` if a
  /// link leads the staging path out of the target.
  Transaction(const TargetBounds& bounds, const base::Path& staging_path,
              std::chrono::milliseconds lock_timeout);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  /// Begins when `later` begins, whose lock was taken after this one. Another process may have
  /// changed the target between the two locks; its changes do not count as made meanwhile.
  void begin_with(const Transaction& later) { begin_ = later.begin_; }

  /// The directory for new files. Renames to the target stay within one file system if
  /// `staging_path_for` or `staging_path_inside` has chosen the staging path.
  [[nodiscard]] const base::Directory& staged() const { return staging_.staged(); }

  /// The directory for new files that go below `directory`: `staged()` or, if that is on another
  /// file system, a further one inside the nearest existing directory above. References stay valid
  /// for the life of the transaction.
  [[nodiscard]] const base::Directory& staged_for(const base::Path& directory);

  /// The directories that may be changed, and how paths in them are resolved.
  [[nodiscard]] TargetTree& tree() { return tree_; }

  /// Moves `staged`, a path in one of the directories for staged files, to `destination`. Removes
  /// the existing entry; a directory that replaces a directory takes over its mode and owner.
  /// Creates missing directories above.
  void place(const base::Path& staged, const base::Path& destination, Existing existing);

  /// Removes a file, a link or a whole directory. Further calls for one `destination` do nothing.
  void remove(const base::Path& destination);

  /// Whether `remove` has been called for `destination` itself.
  [[nodiscard]] bool removes(const base::Path& destination);

  /// The staged path that `place` has been called with for `destination` itself.
  [[nodiscard]] std::optional<base::Path> staged_at(const base::Path& destination);

  /// Opens the directory that a staged path lies in.
  [[nodiscard]] OpenEntry open_staged(const base::Path& staged) const;

  [[nodiscard]] bool empty() const { return changes_.empty(); }

  /// Makes all changes. If one fails, undoes those that were made, and throws the error. It is an
  /// error (`kFileSystem`) if another program, since the lock was taken, has created or changed
  /// files in an entry to replace or remove; these files are kept.
  void apply();

  /// Undoes the changes of `apply`.
  void roll_back();

  /// Sets how directories can change here. Otherwise the first refusals of the file system decide.
  void set_change_form(ChangeForm form) { form_ = form; }

  /// Makes the changes of `apply` final, and removes the staging directory and the replaced
  /// entries. Never throws once the changes are final: the next run removes leftovers.
  void commit();

 private:
  struct Planned {
    Change change;
    Existing existing;
    int rank = 0;  ///< its place in the order of changes
  };

  using Key = std::pair<Change::Kind, TargetEntry>;

  /// Undoes the journaled changes of a killed process, and removes its leftovers.
  void recover();
  [[nodiscard]] std::vector<Change> adopt(const Journal& journal);
  void undo(const std::vector<Change>& changes);

  [[nodiscard]] ChangeSteps steps() const;
  [[nodiscard]] std::size_t staging_for(const TargetEntry& directory);
  [[nodiscard]] const Staging& staging(std::size_t index) const {
    return index == 0 ? staging_ : further_stagings_[index - 1];
  }
  [[nodiscard]] StagedEntry staged_entry(const base::Path& path) const;
  [[nodiscard]] base::Path path_of(const StagedEntry& entry) const {
    return staging(entry.staging).path() / entry.relative;
  }
  [[nodiscard]] Journal journal() const;
  [[nodiscard]] Planned* find(Change::Kind kind, const TargetEntry& destination);
  void plan(Planned planned);
  void plan_missing_directories(const TargetEntry& entry);

  void sort_changes();
  void note_inodes();
  void refuse_mounts() const;

  /// Makes all changes under a journal or, if there is only one, without. Undoes them if one fails.
  /// Returns false, with nothing done, if the single change cannot be made by one system call.
  bool apply_all(bool in_one_step);
  bool apply_one(const Planned& planned, bool must_be_atomic);
  void check_displaced(const Planned& planned, const OpenEntry& displaced) const;

  /// Replaces each change that moves a directory out of the target by changes that move its
  /// entries. Returns false if there is no such change.
  bool split_directory_changes();

  /// Removes everything that is staged; `discard` also the staging directory itself.
  void clear();
  void discard();
  void discard_if_possible();

  TargetTree tree_;
  ParentDirectories parents_;
  Staging staging_;
  std::deque<Staging> further_stagings_;
  std::vector<TargetEntry> further_directories_;  ///< the parents of `further_stagings_`
  std::vector<Planned> changes_;
  std::map<Key, std::size_t> planned_;  ///< indexes of `changes_`, until they are applied
  std::int64_t begin_ = 0;  ///< when the last lock was taken, by the clock of the file system
  ChangeForm form_ = ChangeForm::kExchange;
  bool is_applied_ = false;  ///< whether `changes_` are made, at least in part
  bool discarded_ = false;
};

/// Adds to `transaction` the moves of all entries of the staged directory `staged` into the
/// directory `destination`. An entry that is missing there is moved as a whole; directories that
/// exist on both sides are merged; a file replaces a file. Follows links to directories that stay
/// inside the target, such as `lib64`.
///
/// Throws `Error` (`kFileSystem`), with nothing changed, if one side has a directory and the other
/// a file, or if a link leads out of the target.
void merge_tree(Transaction& transaction, const base::Path& staged, const base::Path& destination);

/// Undoes or finishes the change of a killed process, and removes its staging directories, at both
/// staging paths of `target`, which is a bound or inside of one. Waits at most `lock_timeout` for a
/// process that is still working on it. Throws `Error`: `kLocked`, `kFileSystem`.
void recover_leftovers(const TargetBounds& bounds, const base::Path& target,
                       std::chrono::milliseconds lock_timeout);

}  // namespace ensure::install
