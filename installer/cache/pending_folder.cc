#include "installer/cache/pending_folder.h"

#include <cerrno>
#include <cstdio>
#include <utility>

namespace ensure::cache {

PendingFolder::PendingFolder(const fs::path& temporary, fs::path destination,
                             std::shared_ptr<Problem> problem)
    : folder_(
          base::Directory::open(temporary.parent_path()).create_directory(temporary.filename())),
      destination_(std::move(destination)),
      problem_(std::move(problem)) {}

PendingFolder::~PendingFolder() {
  if (kept_) return;
  try {
    base::remove_tree(folder_.path());
  } catch (const base::Error& error) {
    problem_->note(error);
  }
}

bool PendingFolder::keep() {
  if (kept_) return true;
  if (::rename(folder_.path().c_str(), destination_.c_str()) == 0) return kept_ = true;
  if (errno == ENOTEMPTY || errno == EEXIST) return true;
  problem_->note(base::FileError("move into place", destination_.native(), errno));
  return false;
}

}  // namespace ensure::cache
