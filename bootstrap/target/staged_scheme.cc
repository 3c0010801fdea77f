#include "bootstrap/target/staged_scheme.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "bootstrap/target/seeding.h"
#include "installer/base/files.h"
#include "installer/install/transaction/merge.h"

namespace ensure::bootstrap {

StagedScheme::StagedScheme(const Addressee& addressee, const specs::Scheme& scheme,
                           install::Transaction& transaction) {
  for (const base::Path& folder :
       {scheme.purelib, scheme.platlib, scheme.scripts, scheme.data, scheme.headers}) {
    add(folder, addressee.on_this_machine(folder), transaction);
  }
}

base::Path StagedScheme::staged_path(const base::Path& logical) const {
  const auto found = std::ranges::find(folders_, logical, &Folder::logical);
  return found->directory.path();
}

std::vector<install::StagedTree> StagedScheme::trees() const {
  std::vector<install::StagedTree> trees;
  for (const Folder& folder : folders_) {
    trees.push_back({folder.directory.path(), folder.on_this_machine});
  }
  return trees;
}

void StagedScheme::merge(install::Transaction& transaction) const {
  for (const Folder& folder : folders_) {
    const base::Path staged = folder.directory.path();
    if (base::list_directory(staged).empty()) continue;
    if (const std::optional<std::int64_t> time = source_date_epoch()) {
      base::set_times(folder.directory, *time);
    }
    install::merge_tree(transaction, staged, folder.on_this_machine);
  }
}

void StagedScheme::add(const base::Path& logical, const base::Path& on_this_machine,
                       install::Transaction& transaction) {
  for (const Folder& folder : folders_) {
    if (folder.logical == logical) return;
  }
  const base::Directory& above = transaction.staged_for(on_this_machine);
  folders_.push_back({logical, on_this_machine,
                      above.create_directory("folder-" + std::to_string(folders_.size()))});
  destination_.map(logical, folders_.back().directory);
}

}  // namespace ensure::bootstrap
