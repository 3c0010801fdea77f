#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/base/placement.h"
#include "installer/base/process.h"
#include "installer/install/transaction/change_steps.h"
#include "installer/install/transaction/transaction.h"

/// How a transaction makes its changes.
namespace ensure::install {

namespace {

using base::Directory;
using base::FileStatus;
using Kind = Change::Kind;

base::Error changed_meanwhile(const base::Path& destination) {
  return base::Error(base::ExitCode::kFileSystem,
                     "`" + destination.text() + "` was changed by another program meanwhile")
      .with_hint("nothing was changed; look at it, then run the same command again");
}

base::Error mounted(const base::Path& destination, const base::Path& mount) {
  return base::Error(base::ExitCode::kFileSystem,
                     "`" + destination.text() + "` cannot be replaced: something is mounted at `" +
                         mount.text() + "`")
      .with_hint("unmount it, then run the same command again");
}

/// Gives a staged directory the mode and owner of the directory that it will replace.
void take_over_mode(const OpenEntry& staged, const OpenEntry& destination) {
  if (is_directory(destination.status()) && is_directory(staged.status())) {
    base::copy_mode_and_owner(destination.entry(), staged.entry());
  }
}

bool is_metadata(const base::Path& path) {
  return std::ranges::any_of(
      path, [](const base::Path& component) { return component.extension() == ".dist-info"; });
}

}  // namespace

/// Sorts the changes so that after a kill, until the next run recovers, unchanged packages work and
/// no metadata describes a package whose files are missing: metadata comes after the files of a new
/// package, and goes before the files of a removed one. `pyvenv.cfg` is placed last.
void Transaction::sort_changes() {
  const auto rank = [&](const Planned& planned) {
    const Change& change = planned.change;
    if (change.kind == Kind::kDirectory) return 0;
    const base::Path& path = change.destination.relative;
    const bool is_configuration = path.filename() == "pyvenv.cfg";  // makes an environment valid
    if (change.kind != Kind::kPlace) return is_metadata(path) || is_configuration ? 5 : 6;
    if (is_configuration) return 4;
    if (is_metadata(path)) return 3;
    return tree_.link_status(change.destination) ? 2 : 1;
  };
  for (Planned& planned : changes_) planned.rank = rank(planned);
  std::ranges::stable_sort(changes_, {}, &Planned::rank);
}

void Transaction::note_inodes() {
  const ChangeSteps steps = this->steps();
  for (Planned& planned : changes_) {
    if (planned.change.kind != Kind::kPlace) continue;
    const std::optional<FileStatus> staged = steps.open(planned.change.staged).status();
    if (!staged) {
      throw base::FileError("find", path_of(planned.change.staged).text(),
                            base::FileFailure::kMissing);
    }
    planned.change.inode = staged->inode;
  }
}

/// Throws if something is mounted inside a directory that a change would replace or remove.
void Transaction::refuse_mounts() const {
  const std::vector<base::Path> mounts = base::mount_points();
  for (const Planned& planned : changes_) {
    const base::Path destination = tree_.path_of(planned.change.destination);
    for (const base::Path& mount : mounts) {
      if (mount != destination && base::is_at_or_below(mount, destination))
        throw mounted(destination, mount);
    }
  }
}

void Transaction::apply() {
  base::check_interrupt();
  if (changes_.empty()) return;
  planned_.clear();
  refuse_mounts();
  note_inodes();
  try {
    if (changes_.size() == 1 && form_ != ChangeForm::kPiecewise && apply_all(true)) return;
    sort_changes();
    if (form_ == ChangeForm::kPiecewise) split_directory_changes();
    apply_all(false);
  } catch (const base::FileError& error) {
    // overlayfs refuses to rename a directory of its lower layer, but not its entries.
    const bool is_refused =
        error.failure() == base::FileFailure::kOtherVolume && form_ != ChangeForm::kPiecewise;
    if (!is_refused || is_applied_ || !split_directory_changes()) throw;
    form_ = ChangeForm::kPiecewise;
    apply_all(false);
  }
}

bool Transaction::split_directory_changes() {
  bool any = false;
  std::vector<Planned> split;
  const ChangeSteps steps = this->steps();
  for (Planned& planned : changes_) {
    const Change& change = planned.change;
    const bool moves = change.kind == Kind::kPlace || change.kind == Kind::kRemove;
    if (moves && is_directory(tree_.link_status(change.destination))) {
      any = true;
      std::vector<Change> removals;
      steps.append_removal(removals, change.destination,
                           {change.backup.staging, change.backup.relative.text() + ".pieces"});
      for (Change& removal : removals) split.push_back({std::move(removal), Existing::kAnything});
      if (change.kind == Kind::kRemove) continue;
      take_over_mode(steps.open(change.staged), steps.open(change.destination));
      planned.existing = Existing::kNothing;
    }
    split.push_back(std::move(planned));
  }
  changes_ = std::move(split);
  return any;
}

/// Checks the moved entry for changes of other programs, which could write until the move.
void Transaction::check_displaced(const Planned& planned, const OpenEntry& displaced) const {
  const base::Path destination = tree_.path_of(planned.change.destination);
  if (planned.existing == Existing::kEmptyDirectory) {
    if (!is_directory(displaced.status())) return;
    const Directory directory = displaced.parent.open_directory(displaced.name);
    if (!directory.list().empty()) throw changed_meanwhile(destination);
    return;
  }
  const std::optional<base::Path> changed =
      changed_since(displaced, destination.filename(), begin_);
  if (changed) throw changed_meanwhile(destination.parent_path() / *changed);
}

bool Transaction::apply_one(const Planned& planned, bool must_be_atomic) {
  base::check_interrupt();
  const Change& change = planned.change;
  const ChangeSteps steps = this->steps();
  const OpenEntry destination = steps.open(change.destination);
  const std::optional<FileStatus> found = destination.status();
  const bool is_expected = !found || planned.existing == Existing::kAnything ||
                           (planned.existing == Existing::kEmptyDirectory && is_directory(found));
  if (!is_expected) throw changed_meanwhile(tree_.path_of(change.destination));
  bool exchanged = false;
  if (change.kind == Kind::kPlace && found) {
    take_over_mode(steps.open(change.staged), destination);
    exchanged = form_ == ChangeForm::kExchange && steps.exchange(change);
    if (!exchanged && form_ == ChangeForm::kExchange) form_ = ChangeForm::kMoveAside;
    if (!exchanged && must_be_atomic) return false;
  }
  if (!exchanged) steps.apply(change, found.has_value());
  is_applied_ = true;
  const bool displaces = change.kind == Kind::kPlace || change.kind == Kind::kRemove;
  if (!found || !displaces) return true;
  check_displaced(planned, exchanged ? steps.open(change.staged) : steps.open(change.backup));
  return true;
}

bool Transaction::apply_all(bool in_one_step) {
  if (!in_one_step) {
    staging_.write_journal(journal().to_bytes());
    is_applied_ = true;
  }
  try {
    return std::ranges::all_of(
        changes_, [&](const Planned& planned) { return apply_one(planned, in_one_step); });
  } catch (base::Error& error) {
    try {
      roll_back();
    } catch (const base::Error& second) {
      if (in_one_step) throw;
      error.add_context("the state before could not be restored (" + second.message() +
                        "); the next run restores it");
    }
    throw;
  }
}

}  // namespace ensure::install
