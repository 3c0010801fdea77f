#include "installer/install/transaction.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/interrupt.h"
#include "installer/base/placement.h"
#include "installer/install/piecewise_removal.h"

namespace ensure::install {

namespace {

using base::Directory;
using base::FileStatus;
using base::FileType;

bool is_folder(const std::optional<FileStatus>& status) {
  return status && status->type == FileType::kDirectory;
}

/// The folder itself, or the nearest one above that exists.
fs::path nearest_existing(fs::path folder) {
  while (!base::file_status(folder)) folder = folder.parent_path();
  return folder;
}

/// What is changed is the entry itself, but its parent may be reached through
/// links.
fs::path with_resolved_parent(const fs::path& path) {
  return resolved_target(path.parent_path()) / path.filename();
}

base::Error changed_meanwhile(const fs::path& destination) {
  return base::Error(base::ExitCode::kFileSystem,
                     "`" + destination.native() + "` was changed by somebody else meanwhile")
      .with_hint("look at what is there, then run the same command again");
}

/// Throws where a change would remove what its caller has not seen.
void check_destination(Transaction::Existing expected, const fs::path& destination,
                       const std::optional<FileStatus>& found) {
  if (!found || expected == Transaction::Existing::kAnything) return;
  if (expected == Transaction::Existing::kEmptyFolder && is_folder(found)) return;
  throw changed_meanwhile(destination);
}

/// The same for the content of a folder, which can be trusted only once it is
/// out of the way.
void check_displaced(Transaction::Existing expected, const fs::path& destination,
                     const fs::path& displaced) {
  if (expected != Transaction::Existing::kEmptyFolder || !base::link_status(displaced)) return;
  if (!base::list_directory(displaced).empty()) throw changed_meanwhile(destination);
}

/// Throws where a folder that is to go holds what was mounted by somebody else.
void refuse_mounts_in(const fs::path& destination) {
  if (!is_folder(base::link_status(destination))) return;
  const std::optional<fs::path> mount = base::mount_point_below(destination);
  if (!mount) return;
  throw base::Error(base::ExitCode::kFileSystem,
                    "`" + destination.native() + "` cannot be replaced: something is mounted at `" +
                        mount->native() + "`")
      .with_hint("unmount it, then run the same command again");
}

/// The two ends of a move, open.
struct Ends {
  Directory from_folder;
  Directory to_folder;
  base::Place from;
  base::Place to;

  Ends(const fs::path& source, const fs::path& target)
      : from_folder(Directory::open_resolved(source.parent_path())),
        to_folder(Directory::open_resolved(target.parent_path())),
        from{from_folder, source.filename()},
        to{to_folder, target.filename()} {}
};

/// A folder that replaces one takes over its mode and owner, while nobody sees
/// it yet.
void take_over_mode(const Ends& ends, const std::optional<FileStatus>& replaced) {
  if (is_folder(replaced) && is_folder(ends.from.folder.link_status(ends.from.name))) {
    base::copy_mode_and_owner(ends.to, ends.from);
  }
}

}  // namespace

Transaction::Transaction(const fs::path& staging_path, std::chrono::milliseconds lock_timeout)
    : parents_(staging_path),
      staging_(Staging::acquire(with_resolved_parent(staging_path), lock_timeout)) {
  bool is_recovered = false;
  try {
    recover();
    is_recovered = true;
    staging_.write_created_parents(parents_.created());
    staging_.make_folders();
  } catch (const base::Error&) {
    if (is_recovered) {
      discard_if_possible();
    } else {
      staging_.remove_if_empty();
    }
    throw;
  }
}

Transaction::~Transaction() {
  try {
    roll_back();
    discard();
  } catch (const base::Error&) {  // NOLINT(bugprone-empty-catch): the next run recovers
  }
}

void Transaction::recover() {
  parents_.take_over(staging_.read_created_parents());
  if (const std::optional<StoredJournal> stored = staging_.read_journal()) {
    for (const fs::path& path : stored->journal.further_stagings) {
      if (base::link_status(path)) further_stagings_.push_back(Staging::open_guarded(path));
    }
    if (!stored->retired) undo(stored->journal.changes);
  }
  clear();
}

void Transaction::undo(const std::vector<Change>& changes) {
  std::for_each(changes.rbegin(), changes.rend(), [](const Change& change) { change.undo(); });
  staging_.retire_journal();
}

void Transaction::clear() {
  for (Staging& further : further_stagings_) {
    further.clear();
    further.remove();
  }
  further_stagings_.clear();
  staging_.clear();
}

Journal Transaction::journal() const {
  Journal journal;
  for (const Staging& further : further_stagings_) {
    journal.further_stagings.push_back(further.path());
  }
  for (const Planned& planned : changes_) journal.changes.push_back(planned.change);
  return journal;
}

const Directory& Transaction::staged_for(const fs::path& directory) {
  return staging_for(resolved_target(directory)).staged();
}

Staging& Transaction::staging_for(const fs::path& directory) {
  const fs::path existing = nearest_existing(directory);
  const std::uint64_t device = Directory::open(existing).status().device;
  if (device == staging_.folder().status().device) return staging_;
  for (Staging& further : further_stagings_) {
    if (device == further.folder().status().device) return further;
  }
  // The journal names the folder before it exists, so that no kill can leave it
  // behind.
  const fs::path path = staging_path_beside(existing, staging_.path());
  Journal announced = journal();
  announced.changes.clear();
  announced.further_stagings.push_back(path);
  staging_.write_journal(announced);
  Staging& further = further_stagings_.emplace_back(Staging::open_guarded(path));
  further.make_folders();
  return further;
}

void Transaction::plan(Planned planned) {
  const fs::path folder = planned.change.destination.parent_path();
  planned.change.backup =
      staging_for(folder).path() / Staging::kOld / std::to_string(changes_.size());
  changes_.push_back(std::move(planned));
}

void Transaction::plan_missing_folders(const fs::path& folder) {
  if (base::file_status(folder) || find(Change::Kind::kFolder, folder) != nullptr) return;
  plan_missing_folders(folder.parent_path());
  changes_.push_back({{Change::Kind::kFolder, folder, {}, {}}, Existing::kNothing});
}

Transaction::Planned* Transaction::find(Change::Kind kind, const fs::path& destination) {
  for (Planned& planned : changes_) {
    if (planned.change.kind == kind && planned.change.destination == destination) return &planned;
  }
  return nullptr;
}

void Transaction::place(const fs::path& staged, const fs::path& destination, Existing existing) {
  const fs::path resolved = with_resolved_parent(destination);
  if (Planned* removal = find(Change::Kind::kRemove, resolved)) {
    removal->change.kind = Change::Kind::kPlace;
    removal->change.staged = staged;
    return;
  }
  plan_missing_folders(resolved.parent_path());
  plan({{Change::Kind::kPlace, resolved, staged, {}}, existing});
}

void Transaction::remove(const fs::path& destination) {
  plan({{Change::Kind::kRemove, with_resolved_parent(destination), {}, {}}, Existing::kAnything});
}

bool Transaction::removes(const fs::path& destination) {
  return find(Change::Kind::kRemove, with_resolved_parent(destination)) != nullptr;
}

bool Transaction::can_exchange(const fs::path& destination) const {
  const Ends ends(destination, staging_.path());
  return base::can_be_renamed(ends.from, ends.to);
}

void Transaction::apply() {
  base::check_interrupt();
  if (changes_.empty()) return;
  for (const Planned& planned : changes_) refuse_mounts_in(planned.change.destination);
  try {
    if (changes_.size() == 1 && apply_in_one_step()) return;
    apply_under_journal();
  } catch (const base::FileError& error) {
    // All has been undone; what is refused is to rename a folder, not what is in it.
    const bool is_undone = state_ == State::kOpen;
    if (error.error_number() != EXDEV || !is_undone || !split_folder_changes()) throw;
    apply_under_journal();
  }
}

bool Transaction::split_folder_changes() {
  bool any = false;
  std::vector<Planned> split;
  for (Planned& planned : changes_) {
    auto& [change, existing] = planned;
    const std::optional<FileStatus> found = base::link_status(change.destination);
    if (change.kind != Change::Kind::kFolder && is_folder(found)) {
      check_displaced(existing, change.destination, change.destination);
      any = true;
      for (Change& removal : piecewise_removal(change)) {
        split.push_back({std::move(removal), Existing::kAnything});
      }
      if (change.kind == Change::Kind::kRemove) continue;
      take_over_mode(Ends(change.staged, change.destination), found);
      existing = Existing::kNothing;
    }
    split.push_back(std::move(planned));
  }
  changes_ = std::move(split);
  return any;
}

bool Transaction::apply_in_one_step() {
  const auto& [change, expected] = changes_.front();
  const std::optional<FileStatus> found = base::link_status(change.destination);
  check_destination(expected, change.destination, found);
  if (change.kind == Change::Kind::kRemove || !found) {
    change.apply();
    state_ = State::kMoved;
    return true;
  }
  const Ends ends(change.staged, change.destination);
  take_over_mode(ends, found);
  if (!base::exchange_names(ends.from, ends.to)) return false;
  state_ = State::kExchanged;
  try {
    check_displaced(expected, change.destination, change.staged);
  } catch (const base::Error&) {
    roll_back();
    throw;
  }
  return true;
}

void Transaction::apply_under_journal() {
  staging_.write_journal(journal());
  state_ = State::kJournalled;
  try {
    for (const auto& [change, expected] : changes_) {
      base::check_interrupt();
      const std::optional<FileStatus> found = base::link_status(change.destination);
      check_destination(expected, change.destination, found);
      if (change.kind == Change::Kind::kPlace) {
        take_over_mode(Ends(change.staged, change.destination), found);
      }
      change.apply();
      check_displaced(expected, change.destination, change.backup);
    }
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

void Transaction::roll_back() {
  switch (state_) {
    case State::kOpen:
      return;
    case State::kMoved:
      changes_.front().change.undo();
      break;
    case State::kExchanged: {
      const Change& change = changes_.front().change;
      const Ends ends(change.staged, change.destination);
      (void)base::exchange_names(ends.from, ends.to);
      break;
    }
    case State::kJournalled:
      undo(journal().changes);
      break;
  }
  state_ = State::kOpen;
}

void Transaction::commit() {
  if (state_ == State::kJournalled) staging_.retire_journal();
  state_ = State::kOpen;
  parents_.keep();
  discard_if_possible();
}

void Transaction::discard() {
  if (discarded_) return;
  staging_.retire_journal();
  clear();
  staging_.remove();
  discarded_ = true;
}

void Transaction::discard_if_possible() {
  try {
    discard();
  } catch (const base::Error&) {  // NOLINT(bugprone-empty-catch): the next run removes it
  }
}

bool has_leftovers(const fs::path& target) {
  const std::array<fs::path, 2> paths = staging_paths_of(target);
  return std::any_of(paths.begin(), paths.end(),
                     [](const fs::path& path) { return base::link_status(path).has_value(); });
}

void recover_leftovers(const fs::path& target, std::chrono::milliseconds lock_timeout) {
  for (const fs::path& path : staging_paths_of(target)) {
    if (base::link_status(path)) const Transaction recovering(path, lock_timeout);
  }
}

}  // namespace ensure::install
