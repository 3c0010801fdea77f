#include "installer/cache/pending_directory.h"

#include <cerrno>
#include <utility>

namespace ensure::cache {

PendingFolder::PendingFolder(Slot slot, std::shared_ptr<Problem> problem)
    : slot_(std::move(slot)),
      folder_(slot_.temporary->create_directory(slot_.temporary_name, 0755)),
      problem_(std::move(problem)) {}

PendingFolder::~PendingFolder() {
  if (kept_) return;
  try {
    slot_.temporary->remove_tree(slot_.temporary_name);
  } catch (const base::Error& error) {
    problem_->note(error);
  }
}

bool PendingFolder::keep() {
  if (kept_) return true;
  if (slot_.move_into_place()) return kept_ = true;
  if (errno == ENOTEMPTY || errno == EEXIST) return true;
  problem_->note(base::FileError("move into place", destination().native(), errno));
  return false;
}

}  // namespace ensure::cache
