#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "installer/base/directory.h"
#include "installer/install/transaction/journal.h"
#include "installer/install/transaction/target_tree.h"

namespace ensure::install {

/// How a directory of the target can change here.
enum class ChangeForm {
  kExchange,   ///< two names are exchanged by one system call
  kMoveAside,  ///< the old entry is moved away, then the new one moved in
  kPiecewise,  ///< a directory cannot be renamed, only its entries (overlayfs, lower layers)
};

/// Makes and undoes changes. The existing entries show how far a change has come, so a change can
/// be undone after a kill at any moment, and the undoing can itself be repeated.
class ChangeSteps {
 public:
  /// `stagings` are the staging directories that changes name by their index.
  ChangeSteps(const TargetTree& tree, std::vector<const base::Directory*> stagings)
      : tree_(tree), stagings_(std::move(stagings)) {}

  /// Makes a change of the kind `kPlace` whose destination exists, by one system call. The old
  /// entry is then at `staged` instead of `backup`. Returns false if the file system cannot do
  /// that.
  [[nodiscard]] bool exchange(const Change& change) const;

  /// Makes a change by moves. `is_occupied` is whether its destination exists. Throws `FileError`.
  void apply(const Change& change, bool is_occupied) const;

  void undo(const Change& change) const;

  /// Appends the changes that remove the directory `destination` entry by entry. Creates the
  /// directory `backup` and those below it that the entries are moved to. Throws `FileError`.
  void append_removal(std::vector<Change>& changes, const TargetEntry& destination,
                      const StagedEntry& backup) const;

  [[nodiscard]] OpenEntry open(const TargetEntry& entry) const { return tree_.open(entry); }
  [[nodiscard]] OpenEntry open(const StagedEntry& entry) const;

 private:
  void undo_place(const Change& change) const;
  void restore(const Change& change) const;
  void restore_directory(const Change& change) const;

  const TargetTree& tree_;
  std::vector<const base::Directory*> stagings_;
};

/// Finds a file in the moved entry `displaced` that was created or changed after `begin`
/// (nanoseconds since 1970, by the clock of the file system). Returns its path, which begins with
/// `name`, the former name of the entry; nullopt if there is none. Ignores bytecode that Python
/// writes when it imports a module.
///
/// For a file with one name the change time (ctime) counts, which programs cannot set; for a file
/// with several names the modification time, because a new link elsewhere changes the ctime.
[[nodiscard]] std::optional<base::Path> changed_since(const OpenEntry& displaced,
                                                      const base::Path& name, std::int64_t begin);

}  // namespace ensure::install
