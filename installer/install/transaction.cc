#include "installer/install/transaction.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/interrupt.h"
#include "installer/base/placement.h"
#include "installer/install/displaced_content.h"
#include "installer/install/piecewise_removal.h"

namespace ensure::install {

namespace {

using base::Directory;
using base::FileStatus;
using base::FileType;
using Kind = Change::Kind;

bool is_folder(const std::optional<FileStatus>& status) {
  return status && status->type == FileType::kDirectory;
}

bool is_below(const fs::path& path, const fs::path& directory) {
  return path != directory &&
         std::mismatch(directory.begin(), directory.end(), path.begin(), path.end()).first ==
             directory.end();
}

base::Error changed_meanwhile(const fs::path& destination) {
  return base::Error(base::ExitCode::kFileSystem,
                     "`" + destination.native() + "` was changed by somebody else meanwhile")
      .with_hint("nothing was changed; look at what is there, then run the same command again");
}

/// Throws where a change would remove what its caller has not seen.
void check_destination(Transaction::Existing expected, const fs::path& destination,
                       const std::optional<FileStatus>& found) {
  if (!found || expected == Transaction::Existing::kAnything) return;
  if (expected == Transaction::Existing::kEmptyFolder && is_folder(found)) return;
  throw changed_meanwhile(destination);
}

base::Error mounted(const fs::path& destination, const fs::path& mount) {
  return base::Error(base::ExitCode::kFileSystem,
                     "`" + destination.native() +
                         "` cannot be replaced: something is mounted at `" + mount.native() + "`")
      .with_hint("unmount it, then run the same command again");
}

/// A directory that replaces one takes over its mode and owner, while nobody sees it yet.
void take_over_mode(const OpenEntry& staged, const OpenEntry& destination) {
  if (is_folder(destination.status()) && is_folder(staged.status())) {
    base::copy_mode_and_owner(destination.place(), staged.place());
  }
}

/// What is at the destination of a change; nothing where its parent is yet to be created.
std::optional<FileStatus> destination_status(const ChangeSteps& steps, const Change& change) {
  try {
    return steps.open(change.destination).status();
  } catch (const base::FileError& error) {
    if (error.error_number() != ENOENT) throw;
    return std::nullopt;
  }
}

/// Whether an entry says what is installed: it comes after everything that it describes.
bool describes_others(const fs::path& path) {
  return path.filename() == "pyvenv.cfg" ||
         std::ranges::any_of(
             path, [](const fs::path& component) { return component.extension() == ".dist-info"; });
}

/// The path of the staging directory without links. It is beside a bound, or inside of one.
fs::path resolved_staging_path(TargetTree& tree, const fs::path& path) {
  for (const fs::path& bound : tree.bounds()) {
    if (bound.parent_path() == path.parent_path()) return path;
  }
  return tree.resolve_parents(path);
}

}  // namespace

Transaction::Transaction(const TargetBounds& bounds, const fs::path& staging_path,
                         std::chrono::milliseconds lock_timeout)
    : tree_(bounds),
      parents_(resolved_staging_path(tree_, staging_path).parent_path()),
      staging_(Staging::acquire(parents_, staging_path.filename(), lock_timeout)) {
  tree_.forget();
  bool is_recovered = false;
  try {
    recover();
    is_recovered = true;
    staging_.write_created_parents(parents_.created());
    staging_.make_folders();
    begin_ = staging_.staged().status().changed;
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
  const std::optional<StoredJournal> stored = staging_.read_journal();
  parents_.take_over(staging_.read_created_parents());
  if (stored) {
    const std::vector<Change> changes = adopt(stored->journal);
    if (!stored->retired) undo(changes);
  }
  clear();
}

/// The changes of a journal, after a check that all of them are part of this target.
std::vector<Change> Transaction::adopt(const Journal& journal) {
  std::vector<std::size_t> anchors;
  for (const Journal::Anchor& anchor : journal.anchors) {
    anchors.push_back(tree_.anchor_above(anchor.bound, anchor.levels));
    if (tree_.anchor(anchors.back()).directory.status().inode == anchor.inode) continue;
    throw not_ours(staging_.path(), "its journal is about another directory");
  }
  std::vector<Change> changes = journal.changes;
  for (Change& change : changes) {
    change.destination.anchor = anchors[change.destination.anchor];
    if (tree_.allows(change.destination, change.kind == Kind::kDirectory)) continue;
    throw not_ours(staging_.path(), "its journal names a path outside of the target");
  }
  const std::string name = further_staging_name(staging_.path());
  for (const TargetEntry& place : journal.further_stagings) {
    const Directory& anchor = tree_.anchor(anchors[place.anchor]).directory;
    further_stagings_.push_back(Staging::open_guarded(anchor.open_below(place.relative), name));
  }
  return changes;
}

void Transaction::undo(const std::vector<Change>& changes) {
  const ChangeSteps undoing = steps();
  std::for_each(changes.rbegin(), changes.rend(),
                [&](const Change& change) { undoing.undo(change); });
  staging_.retire_journal();
}

void Transaction::clear() {
  for (Staging& further : further_stagings_) {
    further.clear();
    further.remove();
  }
  further_stagings_.clear();
  further_directories_.clear();
  staging_.clear();
}

std::vector<Change> Transaction::planned_changes() const {
  std::vector<Change> changes;
  changes.reserve(changes_.size());
  for (const Planned& planned : changes_) changes.push_back(planned.change);
  return changes;
}

ChangeSteps Transaction::steps() const {
  std::vector<const Directory*> stagings{&staging_.folder()};
  for (const Staging& further : further_stagings_) stagings.push_back(&further.folder());
  return {tree_, std::move(stagings)};
}

/// Names only the anchors that are used: others need not exist when the next run reads it.
Journal Transaction::journal() const {
  Journal journal;
  std::map<std::size_t, std::size_t> numbers;
  const auto number_of = [&](std::size_t index) {
    const auto [found, is_new] = numbers.try_emplace(index, numbers.size());
    if (is_new) {
      const TargetTree::Anchor& anchor = tree_.anchor(index);
      journal.anchors.push_back({anchor.bound, anchor.levels, anchor.directory.status().inode});
    }
    return found->second;
  };
  for (const TargetEntry& directory : further_directories_) {
    journal.further_stagings.push_back({number_of(directory.anchor), directory.relative});
  }
  for (const Planned& planned : changes_) {
    Change change = planned.change;
    change.destination.anchor = number_of(change.destination.anchor);
    journal.changes.push_back(std::move(change));
  }
  return journal;
}

Staging& Transaction::staging(std::size_t index) {
  return index == 0 ? staging_
                    : *std::next(further_stagings_.begin(), static_cast<std::ptrdiff_t>(index) - 1);
}

const Directory& Transaction::staged_for(const fs::path& directory) {
  return staging(staging_for(tree_.follow(directory))).staged();
}

std::size_t Transaction::staging_for(const TargetEntry& directory) {
  TargetTree::Nearest nearest = tree_.open_nearest(directory);
  const std::uint64_t device = nearest.directory.status().device;
  if (device == staging_.folder().status().device) return 0;
  std::size_t index = 1;
  for (const Staging& further : further_stagings_) {
    if (device == further.folder().status().device) return index;
    ++index;
  }
  // The journal names the directory before it exists, so that no kill can leave it behind.
  further_directories_.push_back(nearest.entry);
  Journal announced = journal();
  announced.changes.clear();
  staging_.write_journal(std::move(announced));
  further_stagings_.push_back(
      Staging::open_guarded(std::move(nearest.directory), further_staging_name(staging_.path())));
  further_stagings_.back().make_folders();
  return index;
}

StagedEntry Transaction::staged_entry(const fs::path& path) const {
  std::size_t index = 0;
  const Staging* found = is_below(path, staging_.path()) ? &staging_ : nullptr;
  for (const Staging& further : further_stagings_) {
    if (found != nullptr) break;
    ++index;
    if (is_below(path, further.path())) found = &further;
  }
  if (found == nullptr) {
    throw base::Error(base::ExitCode::kFileSystem, "`" + path.native() + "` is not staged")
        .with_hint("this is a fault in `ensure`; please report it");
  }
  return {index, path.lexically_relative(found->path())};
}

fs::path Transaction::path_of(const StagedEntry& entry) const {
  if (entry.staging == 0) return staging_.path() / entry.relative;
  const auto further =
      std::next(further_stagings_.begin(), static_cast<std::ptrdiff_t>(entry.staging) - 1);
  return further->path() / entry.relative;
}

OpenEntry Transaction::open_staged(const fs::path& staged) const {
  return steps().open(staged_entry(staged));
}

void Transaction::plan(Planned planned) {
  Change& change = planned.change;
  if (change.kind != Kind::kDirectory) {
    const TargetEntry parent{change.destination.anchor, change.destination.relative.parent_path()};
    change.backup = {staging_for(parent),
                     fs::path(Staging::kOld) / std::to_string(changes_.size())};
  }
  planned_[{change.kind, change.destination}] = changes_.size();
  changes_.push_back(std::move(planned));
}

void Transaction::plan_missing_folders(const TargetEntry& entry) {
  const TargetEntry parent{entry.anchor, entry.relative.parent_path()};
  if (parent.relative.empty() || find(Kind::kDirectory, parent) != nullptr) return;
  plan_missing_folders(parent);
  const TargetEntry above{parent.anchor, parent.relative.parent_path()};
  const bool is_missing =
      find(Kind::kDirectory, above) != nullptr || !steps().open(parent).status();
  if (is_missing) plan({{Kind::kDirectory, parent, {}, {}}, Existing::kNothing});
}

Transaction::Planned* Transaction::find(Kind kind, const TargetEntry& destination) {
  const auto found = planned_.find({kind, destination});
  return found == planned_.end() ? nullptr : &changes_[found->second];
}

void Transaction::place(const fs::path& staged, const fs::path& destination, Existing existing) {
  const TargetEntry entry = tree_.locate(destination);
  const StagedEntry source = staged_entry(staged);
  if (Planned* removal = find(Kind::kRemove, entry)) {
    removal->change.kind = Kind::kPlace;
    removal->change.staged = source;
    auto node = planned_.extract({Kind::kRemove, entry});
    node.key().first = Kind::kPlace;
    planned_.insert(std::move(node));
    return;
  }
  plan_missing_folders(entry);
  plan({{Kind::kPlace, entry, source, {}}, existing});
}

void Transaction::remove(const fs::path& destination) {
  plan({{Kind::kRemove, tree_.locate(destination), {}, {}}, Existing::kAnything});
}

bool Transaction::removes(const fs::path& destination) {
  return find(Kind::kRemove, tree_.locate(destination)) != nullptr;
}

std::optional<fs::path> Transaction::staged_at(const fs::path& destination) {
  const Planned* placed = find(Kind::kPlace, tree_.locate(destination));
  return placed != nullptr ? std::optional(path_of(placed->change.staged)) : std::nullopt;
}

/// Until the next run recovers from a kill, everything that is not changed is whole, and nothing
/// says that it is installed before it is.
void Transaction::sort_changes() {
  const ChangeSteps steps = this->steps();
  const auto rank = [&](const Planned& planned) {
    const Change& change = planned.change;
    if (change.kind == Kind::kDirectory) return 0;
    if (change.kind != Kind::kPlace) return 4;
    if (describes_others(change.destination.relative)) return 3;
    return destination_status(steps, change) ? 2 : 1;
  };
  std::vector<std::pair<int, std::size_t>> order;
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

/// Throws where a directory that is to go holds what was mounted by somebody else.
void Transaction::refuse_mounts() const {
  const std::vector<fs::path> mounts = base::mount_points();
  for (const Planned& planned : changes_) {
    const fs::path destination = tree_.path_of(planned.change.destination);
    for (const fs::path& mount : mounts) {
      if (is_below(mount, destination)) throw mounted(destination, mount);
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
    // All has been undone; what is refused is to rename a directory, not what is in it.
    const bool is_undone = state_ == State::kOpen;
    if (error.error_number() != EXDEV || !is_undone || !split_folder_changes()) throw;
    apply_under_journal();
  }
}

bool Transaction::split_folder_changes() {
  bool any = false;
  std::vector<Planned> split;
  const ChangeSteps steps = this->steps();
  for (Planned& planned : changes_) {
    auto& [change, existing] = planned;
    const bool moves = change.kind == Kind::kPlace || change.kind == Kind::kRemove;
    if (moves && is_folder(destination_status(steps, change))) {
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

/// The content of a directory can be trusted only once it is out of the way.
void Transaction::check_displaced(const Planned& planned, const OpenEntry& displaced) const {
  const fs::path destination = tree_.path_of(planned.change.destination);
  if (planned.existing == Existing::kEmptyFolder) {
    if (!is_folder(displaced.status())) return;
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

void Transaction::roll_back() {
  switch (state_) {
    case State::kOpen:
      return;
    case State::kMoved:
    case State::kExchanged:
      steps().undo(changes_.front().change);
      break;
    case State::kJournalled:
      undo(planned_changes());
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

void recover_leftovers(const TargetBounds& bounds, const fs::path& target,
                       std::chrono::milliseconds lock_timeout) {
  for (const fs::path& path : staging_paths_of(target)) {
    if (base::link_status(path)) const Transaction recovering(bounds, path, lock_timeout);
  }
}

}  // namespace ensure::install
