#include "installer/install/transaction/transaction.h"

#include <algorithm>
#include <string>
#include <utility>

#include "installer/base/error.h"

namespace ensure::install {

namespace {

using base::Directory;
using Kind = Change::Kind;

}  // namespace

Transaction::Transaction(const TargetBounds& bounds, const base::Path& staging_path,
                         std::chrono::milliseconds lock_timeout)
    : tree_(bounds),
      parents_(tree_.resolve_staging_path(staging_path).parent_path()),
      staging_(Staging::acquire(parents_, staging_path.filename().text(), lock_timeout)) {
  tree_.forget();
  bool is_recovered = false;
  try {
    recover();
    is_recovered = true;
    staging_.write_created_parents(parents_.created());
    staging_.make_directories();
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
    const std::optional<Journal> journal = Journal::try_parse(stored->bytes);
    if (!journal) throw not_ours(staging_.path(), "its journal cannot be read");
    if (journal->staging != staging_.directory().identity()) {
      throw not_ours(staging_.path(), "its journal was written in another directory");
    }
    const std::vector<Change> changes = adopt(*journal);
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
  for (const TargetEntry& parent : journal.further_stagings) {
    const Directory& anchor = tree_.anchor(anchors[parent.anchor]).directory;
    further_stagings_.push_back(Staging::open_guarded(anchor.open_below(parent.relative), name));
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

ChangeSteps Transaction::steps() const {
  std::vector<const Directory*> stagings{&staging_.directory()};
  for (const Staging& further : further_stagings_) stagings.push_back(&further.directory());
  return {tree_, std::move(stagings)};
}

/// The journal with only the anchors that changes use: the others may not exist in the next run.
Journal Transaction::journal() const {
  Journal journal;
  journal.staging = staging_.directory().identity();
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

const Directory& Transaction::staged_for(const base::Path& directory) {
  return staging(staging_for(tree_.follow(directory))).staged();
}

std::size_t Transaction::staging_for(const TargetEntry& directory) {
  TargetTree::Nearest nearest = tree_.open_nearest(directory);
  const std::uint64_t device = nearest.directory.status().device;
  std::size_t index = 0;
  for (; index <= further_stagings_.size(); ++index) {
    if (device == staging(index).directory().status().device) return index;
  }
  // The journal names the directory before it exists, so that recovery also removes it.
  further_directories_.push_back(nearest.entry);
  Journal announced = journal();
  announced.changes.clear();
  staging_.write_journal(announced.to_bytes());
  further_stagings_.push_back(
      Staging::open_guarded(std::move(nearest.directory), further_staging_name(staging_.path())));
  further_stagings_.back().make_directories();
  return index;
}

StagedEntry Transaction::staged_entry(const base::Path& path) const {
  for (std::size_t index = 0; index <= further_stagings_.size(); ++index) {
    const base::Path& top = staging(index).path();
    if (base::is_at_or_below(path, top)) return {index, path.lexically_relative(top)};
  }
  throw base::Error(base::ExitCode::kFileSystem, "`" + path.text() + "` is not staged")
      .with_hint("this is a fault in `ensure`; please report it");
}

OpenEntry Transaction::open_staged(const base::Path& staged) const {
  return steps().open(staged_entry(staged));
}

void Transaction::plan(Planned planned) {
  Change& change = planned.change;
  if (change.kind != Kind::kDirectory) {
    const TargetEntry parent{change.destination.anchor, change.destination.relative.parent_path()};
    change.backup = {staging_for(parent), base::Path(kStagedOld) / std::to_string(changes_.size())};
  }
  planned_[{change.kind, change.destination}] = changes_.size();
  changes_.push_back(std::move(planned));
}

void Transaction::plan_missing_directories(const TargetEntry& entry) {
  const TargetEntry parent{entry.anchor, entry.relative.parent_path()};
  if (parent.relative.empty() || find(Kind::kDirectory, parent) != nullptr) return;
  if (tree_.link_status(parent)) return;
  plan_missing_directories(parent);
  plan({{Kind::kDirectory, parent, {}, {}}, Existing::kNothing});
}

Transaction::Planned* Transaction::find(Kind kind, const TargetEntry& destination) {
  const auto found = planned_.find({kind, destination});
  return found == planned_.end() ? nullptr : &changes_[found->second];
}

void Transaction::place(const base::Path& staged, const base::Path& destination,
                        Existing existing) {
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
  plan_missing_directories(entry);
  plan({{Kind::kPlace, entry, source, {}}, existing});
}

void Transaction::remove(const base::Path& destination) {
  const TargetEntry entry = tree_.locate(destination);
  if (find(Kind::kRemove, entry) != nullptr) return;
  plan({{Kind::kRemove, entry, {}, {}}, Existing::kAnything});
}

bool Transaction::removes(const base::Path& destination) {
  return find(Kind::kRemove, tree_.locate(destination)) != nullptr;
}

std::optional<base::Path> Transaction::staged_at(const base::Path& destination) {
  const Planned* placed = find(Kind::kPlace, tree_.locate(destination));
  return placed != nullptr ? std::optional(path_of(placed->change.staged)) : std::nullopt;
}

void Transaction::roll_back() {
  if (is_applied_) {
    std::vector<Change> changes;
    changes.reserve(changes_.size());
    for (const Planned& planned : changes_) changes.push_back(planned.change);
    undo(changes);
  }
  is_applied_ = false;
}

void Transaction::commit() {
  if (is_applied_) staging_.retire_journal();
  is_applied_ = false;
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

void recover_leftovers(const TargetBounds& bounds, const base::Path& target,
                       std::chrono::milliseconds lock_timeout) {
  for (const base::Path& path : staging_paths_of(target)) {
    if (base::link_status(path)) const Transaction recovering(bounds, path, lock_timeout);
  }
}

}  // namespace ensure::install
