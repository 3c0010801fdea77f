#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>
#include <vector>

#include "installer/base/error.h"
#include "installer/base/files.h"
#include "installer/base/interrupt.h"
#include "installer/base/placement.h"
#include "installer/install/transaction/displaced_content.h"
#include "installer/install/transaction/piecewise_removal.h"
#include "installer/install/transaction/transaction.h"

/// How a transaction makes its changes.
namespace ensure::install {

namespace {

using base::Directory;
using base::FileStatus;
using base::FileType;
using Kind = Change::Kind;

bool is_directory(const std::optional<FileStatus>& status) {
  return status && status->type == FileType::kDirectory;
}

base::Error changed_meanwhile(const fs::path& destination) {
  return base::Error(base::ExitCode::kFileSystem,
                     "`" + destination.native() + "` was changed by somebody else meanwhile")
      .with_hint("nothing was changed; look at what is there, then run the same command again");
}

/// Throws if the destination has an entry that the caller did not expect there.
void check_destination(Transaction::Existing expected, const fs::path& destination,
                       const std::optional<FileStatus>& found) {
  if (!found || expected == Transaction::Existing::kAnything) return;
  if (expected == Transaction::Existing::kEmptyDirectory && is_directory(found)) return;
  throw changed_meanwhile(destination);
}

base::Error mounted(const fs::path& destination, const fs::path& mount) {
  return base::Error(base::ExitCode::kFileSystem,
                     "`" + destination.native() +
                         "` cannot be replaced: something is mounted at `" + mount.native() + "`")
      .with_hint("unmount it, then run the same command again");
}

/// Gives a staged directory the mode and owner of the directory that it will replace.
void take_over_mode(const OpenEntry& staged, const OpenEntry& destination) {
  if (is_directory(destination.status()) && is_directory(staged.status())) {
    base::copy_mode_and_owner(destination.place(), staged.place());
  }
}

/// The status of the destination of a change; nullopt if it or its parent does not exist.
std::optional<FileStatus> destination_status(const ChangeSteps& steps, const Change& change) {
  try {
    return steps.open(change.destination).status();
  } catch (const base::FileError& error) {
    if (error.error_number() != ENOENT) throw;
    return std::nullopt;
  }
}

/// Whether an entry is metadata: it is placed after everything that it describes.
bool describes_others(const fs::path& path) {
  return path.filename() == "pyvenv.cfg" ||
         std::ranges::any_of(
             path, [](const fs::path& component) { return component.extension() == ".dist-info"; });
}

}  // namespace

/// Sorts the changes so that after a kill, until the next run recovers, unchanged packages work and
/// no metadata describes a package whose files are missing: metadata comes after the files of a new
/// package, and goes before the files of a removed one.
void Transaction::sort_changes() {
  const ChangeSteps steps = this->steps();
  const auto rank = [&](const Planned& planned) {
    const Change& change = planned.change;
    if (change.kind == Kind::kDirectory) return 0;
    const bool is_metadata = describes_others(change.destination.relative);
    if (change.kind != Kind::kPlace) return is_metadata ? 4 : 5;
    if (is_metadata) return 3;
    return destination_status(steps, change) ? 2 : 1;
  };
  std::vector<std::pair<int, std::size_t>> order;
  order.reserve(changes_.size());
  for (std::size_t i = 0; i < changes_.size(); ++i) order.emplace_back(rank(changes_[i]), i);
  std::ranges::stable_sort(order, {}, &std::pair<int, std::size_t>::first);
  std::vector<Planned> sorted;
  sorted.reserve(changes_.size());
  for (const auto& [unused, index] : order) sorted.push_back(std::move(changes_[index]));
  changes_ = std::move(sorted);
}

void Transaction::note_inodes() {
  const ChangeSteps steps = this->steps();
  for (Planned& planned : changes_) {
    if (planned.change.kind != Kind::kPlace) continue;
    const std::optional<FileStatus> staged = steps.open(planned.change.staged).status();
    if (!staged) throw base::FileError("find", path_of(planned.change.staged).native(), ENOENT);
    planned.change.inode = staged->inode;
  }
}

/// Throws if something is mounted inside a directory that a change would replace or remove.
void Transaction::refuse_mounts() const {
  const std::vector<fs::path> mounts = base::mount_points();
  for (const Planned& planned : changes_) {
    const fs::path destination = tree_.path_of(planned.change.destination);
    for (const fs::path& mount : mounts) {
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
    if (changes_.size() == 1 && apply_in_one_step()) return;
    sort_changes();
    apply_under_journal();
  } catch (const base::FileError& error) {
    // EXDEV, and all is undone: the file system refuses to rename a directory, but not its entries.
    const bool is_undone = state_ == State::kOpen;
    if (error.error_number() != EXDEV || !is_undone || !split_directory_changes()) throw;
    apply_under_journal();
  }
}

bool Transaction::split_directory_changes() {
  bool any = false;
  std::vector<Planned> split;
  const ChangeSteps steps = this->steps();
  for (Planned& planned : changes_) {
    auto& [change, existing] = planned;
    const bool moves = change.kind == Kind::kPlace || change.kind == Kind::kRemove;
    if (moves && is_directory(destination_status(steps, change))) {
      any = true;
      for (Change& removal : piecewise_removal(steps, change)) {
        split.push_back({std::move(removal), Existing::kAnything});
      }
      if (change.kind == Kind::kRemove) continue;
      take_over_mode(steps.open(change.staged), steps.open(change.destination));
      existing = Existing::kNothing;
    }
    split.push_back(std::move(planned));
  }
  changes_ = std::move(split);
  return any;
}

/// Checks the moved entry for changes of other programs. Before the move, others could still write.
void Transaction::check_displaced(const Planned& planned, const OpenEntry& displaced) const {
  const fs::path destination = tree_.path_of(planned.change.destination);
  if (planned.existing == Existing::kEmptyDirectory) {
    if (!is_directory(displaced.status())) return;
    const Directory directory = displaced.parent.open_directory(displaced.name);
    if (!directory.list().empty()) throw changed_meanwhile(destination);
    return;
  }
  const std::optional<fs::path> changed = changed_since(displaced, destination.filename(), begin_);
  if (changed) throw changed_meanwhile(destination.parent_path() / *changed);
}

bool Transaction::apply_in_one_step() {
  const Planned& planned = changes_.front();
  const Change& change = planned.change;
  const ChangeSteps steps = this->steps();
  const OpenEntry destination = steps.open(change.destination);
  const std::optional<FileStatus> found = destination.status();
  check_destination(planned.existing, tree_.path_of(change.destination), found);
  if (change.kind == Kind::kRemove || !found) {
    (void)steps.apply(change);
    state_ = State::kMoved;
  } else {
    const OpenEntry staged = steps.open(change.staged);
    take_over_mode(staged, destination);
    if (!base::exchange_names(staged.place(), destination.place())) return false;
    state_ = State::kExchanged;
  }
  try {
    const bool exchanged = state_ == State::kExchanged;
    if (found)
      check_displaced(planned, exchanged ? steps.open(change.staged) : steps.open(change.backup));
  } catch (const base::Error&) {
    roll_back();
    throw;
  }
  return true;
}

void Transaction::apply_one(const Planned& planned) {
  base::check_interrupt();
  const Change& change = planned.change;
  const ChangeSteps steps = this->steps();
  const OpenEntry destination = steps.open(change.destination);
  const std::optional<FileStatus> found = destination.status();
  check_destination(planned.existing, tree_.path_of(change.destination), found);
  if (change.kind == Kind::kPlace) take_over_mode(steps.open(change.staged), destination);
  const bool exchanged = steps.apply(change);
  const bool displaces = change.kind == Kind::kPlace || change.kind == Kind::kRemove;
  if (!found || !displaces) return;
  check_displaced(planned, exchanged ? steps.open(change.staged) : steps.open(change.backup));
}

void Transaction::apply_under_journal() {
  staging_.write_journal(journal());
  state_ = State::kJournalled;
  try {
    for (const Planned& planned : changes_) apply_one(planned);
  } catch (base::Error& error) {
    try {
      roll_back();
    } catch (const base::Error& second) {
      error.add_context("the state before could not be restored (" + second.message() +
                        "); the next run restores it");
    }
    throw;
  }
}

}  // namespace ensure::install
