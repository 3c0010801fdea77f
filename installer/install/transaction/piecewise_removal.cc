#include "installer/install/transaction/piecewise_removal.h"

#include <optional>
#include <string>

#include "installer/base/files.h"
#include "installer/base/placement.h"

namespace ensure::install {

namespace {

void append_removal(const ChangeSteps& steps, std::vector<Change>& changes,
                    const TargetEntry& destination, const StagedEntry& backup) {
  const OpenEntry target = steps.open(destination);
  const OpenEntry moved = steps.open(backup);
  const base::Directory directory = target.parent.open_directory(target.name);
  (void)moved.parent.create_directory(moved.name, 0700);
  for (const std::string& name : directory.list()) {
    const TargetEntry entry{destination.anchor, destination.relative / name};
    const StagedEntry place{backup.staging, backup.relative / name};
    const std::optional<base::FileStatus> status = directory.link_status(name);
    if (status && status->type == base::FileType::kDirectory) {
      append_removal(steps, changes, entry, place);
    } else {
      changes.push_back({Change::Kind::kRemove, entry, {}, place});
    }
  }
  base::copy_mode_and_owner(target.place(), moved.place());
  changes.push_back({Change::Kind::kRemoveEmptied, destination, {}, backup});
}

}  // namespace

std::vector<Change> piecewise_removal(const ChangeSteps& steps, const Change& change) {
  std::vector<Change> changes;
  append_removal(steps, changes, change.destination,
                 {change.backup.staging, change.backup.relative.text() + ".pieces"});
  return changes;
}

}  // namespace ensure::install
