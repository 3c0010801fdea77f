#include "installer/install/piecewise_removal.h"

#include <string>

#include "installer/base/files.h"
#include "installer/base/placement.h"

namespace ensure::install {

namespace {

using base::Directory;

void append_removal(std::vector<Change>& changes, const fs::path& destination,
                    const fs::path& backup) {
  const Directory parent = Directory::open_resolved(destination.parent_path());
  const Directory backup_parent = Directory::open_resolved(backup.parent_path());
  const Directory folder = parent.open_directory(destination.filename());
  (void)backup_parent.create_directory(backup.filename(), 0700);
  for (const std::string& name : base::list_directory(destination)) {
    const std::optional<base::FileStatus> status = folder.link_status(name);
    if (status && status->type == base::FileType::kDirectory) {
      append_removal(changes, destination / name, backup / name);
    } else {
      changes.push_back({Change::Kind::kRemove, destination / name, {}, backup / name});
    }
  }
  base::copy_mode_and_owner({parent, destination.filename()}, {backup_parent, backup.filename()});
  changes.push_back({Change::Kind::kRemoveEmptied, destination, {}, backup});
}

}  // namespace

std::vector<Change> piecewise_removal(const Change& change) {
  std::vector<Change> changes;
  append_removal(changes, change.destination, change.backup.native() + ".pieces");
  return changes;
}

}  // namespace ensure::install
