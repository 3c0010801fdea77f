#include "installer/install/transaction/directory_lock.h"

#include <utility>

#include "installer/base/error.h"
#include "installer/base/placement.h"

namespace ensure::install {

namespace {

base::Error no_locks(const base::Directory& directory) {
  return base::Error(base::ExitCode::kFileSystem,
                     "the file system of `" + directory.path().text() + "` does not support locks")
      .with_hint("mount it with support for locks, or choose a target on another file system");
}

}  // namespace

std::optional<DirectoryLock> DirectoryLock::try_take(const base::Directory& directory) {
  DirectoryLock lock;
  base::Lock result = base::try_lock(directory);
  if (result == base::Lock::kUnsupported) {
    std::optional<base::File> file = base::open_lock_file(directory, kFile);
    if (!file) return std::nullopt;
    lock.file_ = *std::move(file);
    lock.is_by_file_ = true;
    result = base::try_lock_file(lock.file_);
  }
  if (result == base::Lock::kUnsupported) throw no_locks(directory);
  if (result == base::Lock::kHeldByOther) return std::nullopt;
  return lock;
}

bool DirectoryLock::is_of_current(const base::Directory& parent,
                                  const base::Directory& directory) const {
  const std::optional<base::FileStatus> named = parent.link_status(directory.path().filename());
  if (!named || !named->same_file(directory.status())) return false;
  if (!is_by_file_) return true;
  const std::optional<base::FileStatus> in_directory = directory.link_status(kFile);
  return in_directory && in_directory->same_file(file_.status());
}

void DirectoryLock::remove_file(const base::Directory& directory) {
  directory.remove_file(kFile);
  file_.close();
}

}  // namespace ensure::install
