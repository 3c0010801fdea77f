#pragma once

#include <deque>
#include <vector>

#include "installer/base/files.h"
#include "installer/install/transaction/journal.h"
#include "installer/install/transaction/target_tree.h"

namespace ensure::install {

/// Makes and undoes changes. The existing entries show how far a change has come, so a change can
/// be undone after a kill at any moment, and the undoing can itself be repeated.
class ChangeSteps {
 public:
  /// `stagings` are the staging directories that changes name by their index.
  ChangeSteps(const TargetTree& tree, std::vector<const base::Directory*> stagings)
      : tree_(tree), stagings_(std::move(stagings)) {}

  /// Makes the change. Returns whether it has exchanged two entries: the old one is then at
  /// `staged` instead of `backup`. Throws `FileError`.
  bool apply(const Change& change) const;

  void undo(const Change& change) const;

  [[nodiscard]] OpenEntry open(const TargetEntry& entry) const { return tree_.open(entry); }
  [[nodiscard]] OpenEntry open(const StagedEntry& entry) const;

 private:
  [[nodiscard]] bool place(const Change& change) const;
  void undo_place(const Change& change) const;
  void restore(const Change& change) const;
  void restore_directory(const Change& change) const;

  const TargetTree& tree_;
  std::vector<const base::Directory*> stagings_;
};

}  // namespace ensure::install
