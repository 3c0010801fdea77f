#include "installer/install/transaction/change_steps.h"

#include <string>

#include "installer/base/error.h"
#include "installer/base/placement.h"

namespace ensure::install {

namespace {

using Kind = Change::Kind;

void move(const OpenEntry& from, const OpenEntry& to) {
  base::rename_to_free_name(from.entry(), to.entry());
}

bool is_inode(const std::optional<base::FileStatus>& status, std::uint64_t inode) {
  return status && status->inode == inode;
}

constexpr const char* kStagingInside = ".ensure";  // the lock of the target itself

bool is_bytecode(const base::Path& path, const std::string& name) {
  const base::Path directory = path.has_filename() ? path : path.parent_path();
  // Python writes `NAME.TAG.pyc.NUMBER` first, and renames it.
  return directory.filename() == "__pycache__" && name.find(".pyc") != std::string::npos;
}

/// Ignores times after `now`: they come from a clock that was set back since.
bool is_between(std::int64_t time, std::int64_t begin, std::int64_t now) {
  return time > begin && time <= now;
}

}  // namespace

OpenEntry ChangeSteps::open(const StagedEntry& entry) const {
  return {stagings_.at(entry.staging)->open_below(entry.relative.parent_path()),
          entry.relative.filename()};
}

bool ChangeSteps::exchange(const Change& change) const {
  return base::exchange_names(open(change.staged).entry(), open(change.destination).entry());
}

void ChangeSteps::apply(const Change& change, bool is_occupied) const {
  const OpenEntry destination = open(change.destination);
  switch (change.kind) {
    case Kind::kDirectory:
      (void)destination.parent.create_directory(destination.name);
      break;
    case Kind::kPlace:
      if (is_occupied) move(destination, open(change.backup));
      move(open(change.staged), destination);
      break;
    case Kind::kRemove:
      if (is_occupied) move(destination, open(change.backup));
      break;
    case Kind::kRemoveEmptied:
      if (!destination.parent.remove_empty_directory(destination.name)) {
        throw base::FileError("remove the directory", tree_.path_of(change.destination).text(),
                              base::FileFailure::kNotEmpty);
      }
      break;
  }
}

void ChangeSteps::undo(const Change& change) const {
  try {
    switch (change.kind) {
      case Kind::kDirectory: {
        // The directory stays if another program has put files into it.
        const OpenEntry destination = open(change.destination);
        (void)destination.parent.remove_empty_directory(destination.name);
        return;
      }
      case Kind::kPlace:
        return undo_place(change);
      case Kind::kRemove:
        return restore(change);
      case Kind::kRemoveEmptied:
        return restore_directory(change);
    }
  } catch (const base::FileError& error) {
    // Without its parent directory the change has not been made, so there is nothing to undo.
    if (error.failure() != base::FileFailure::kMissing) throw;
  }
}

void ChangeSteps::undo_place(const Change& change) const {
  const OpenEntry staged = open(change.staged);
  const OpenEntry destination = open(change.destination);
  const std::optional<base::FileStatus> in_staging = staged.status();
  const std::optional<base::FileStatus> in_target = destination.status();
  if (is_inode(in_staging, change.inode)) return restore(change);
  if (is_inode(in_target, change.inode)) {
    if (in_staging && base::exchange_names(staged.entry(), destination.entry())) return;
    const OpenEntry backup = open(change.backup);
    move(destination, in_staging ? backup : staged);
    if (in_staging) return move(staged, destination);
    return restore(change);
  }
  // Another program has removed or replaced the placed entry. Move the old entry back if its name
  // is free.
  if (in_staging && !in_target) return move(staged, destination);
  restore(change);
}

/// Moves the old entry back. An entry that another program has created at the destination stays.
void ChangeSteps::restore(const Change& change) const {
  const OpenEntry backup = open(change.backup);
  const OpenEntry destination = open(change.destination);
  if (backup.status() && !destination.status()) move(backup, destination);
}

void ChangeSteps::restore_directory(const Change& change) const {
  const OpenEntry model = open(change.backup);
  if (!model.status()) return;
  const OpenEntry destination = open(change.destination);
  const std::optional<base::FileStatus> found = destination.status();
  if (found && !is_directory(found)) return;
  if (!found)
    (void)destination.parent.create_directory(destination.name, base::Permissions::kPrivate);
  base::copy_mode_and_owner(model.entry(), destination.entry());
}

void ChangeSteps::append_removal(std::vector<Change>& changes, const TargetEntry& destination,
                                 const StagedEntry& backup) const {
  const OpenEntry target = open(destination);
  const OpenEntry moved = open(backup);
  const base::Directory directory = target.parent.open_directory(target.name);
  (void)moved.parent.create_directory(moved.name, base::Permissions::kPrivate);
  for (const std::string& name : directory.list()) {
    const TargetEntry entry{destination.anchor, destination.relative / name};
    const StagedEntry entry_backup{backup.staging, backup.relative / name};
    if (is_directory(directory.link_status(name))) {
      append_removal(changes, entry, entry_backup);
    } else {
      changes.push_back({Kind::kRemove, entry, {}, entry_backup});
    }
  }
  base::copy_mode_and_owner(target.entry(), moved.entry());
  changes.push_back({Kind::kRemoveEmptied, destination, {}, backup});
}

std::optional<base::Path> changed_since(const OpenEntry& displaced, const base::Path& name,
                                        std::int64_t begin) {
  const std::optional<base::FileStatus> top = displaced.status();
  if (!top) return std::nullopt;
  // The move has just changed the parent directory, so its change time is now.
  const std::int64_t now = displaced.parent.status().changed;
  if (!is_directory(top)) {
    // Not the change time, which the rename itself has changed.
    const bool changed = is_between(top->modified, begin, now) && name.extension() != ".pyc";
    return changed ? std::optional(name) : std::nullopt;
  }
  const base::Directory directory = displaced.parent.open_directory(displaced.name);
  std::vector<base::Path> pending{base::Path()};
  while (!pending.empty()) {
    const base::Path path = std::move(pending.back());
    pending.pop_back();
    const base::Directory current = directory.open_below(path);
    for (const std::string& entry : current.list()) {
      const std::optional<base::FileStatus> status = current.link_status(entry);
      if (!status || is_bytecode(name / path, entry)) continue;
      if (is_directory(status)) {
        if (path.empty() && entry == kStagingInside) continue;
        pending.push_back(path / entry);
      } else if (is_between(status->links == 1 ? status->changed : status->modified, begin, now)) {
        return name / path / entry;
      }
    }
  }
  return std::nullopt;
}

}  // namespace ensure::install
