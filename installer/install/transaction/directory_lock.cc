#include "installer/install/transaction/directory_lock.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/placement.h"

namespace ensure::install {

namespace {

base::Error no_locks(const base::Directory& folder) {
  return base::Error(base::ExitCode::kFileSystem,
                     "the file system of `" + folder.path().native() + "` does not support locks")
      .with_hint("mount it with support for locks, or choose a target on another file system");
}

/// Opens or creates the lock file; none where the folder has been removed meanwhile.
std::optional<base::Descriptor> open_file_in(const base::Directory& folder) {
  base::Descriptor file(openat(folder.descriptor(), FolderLock::kFile,
                               O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600));
  if (file) return file;
  if (errno == ENOENT || errno == ESTALE) return std::nullopt;
  throw base::FileError("open", (folder.path() / FolderLock::kFile).native(), errno);
}

}  // namespace

std::optional<FolderLock> FolderLock::try_take(const base::Directory& folder) {
  FolderLock lock;
  base::Lock result = base::try_lock(folder);
  if (result == base::Lock::kUnsupported) {
    std::optional<base::Descriptor> file = open_file_in(folder);
    if (!file) return std::nullopt;
    lock.file_ = *std::move(file);
    lock.is_by_file_ = true;
    result = base::try_lock_file(lock.file_);
  }
  if (result == base::Lock::kUnsupported) throw no_locks(folder);
  if (result == base::Lock::kHeldByOther) return std::nullopt;
  return lock;
}

bool FolderLock::is_of_current(const base::Directory& parent, const base::Directory& folder) const {
  const std::optional<base::FileStatus> named = parent.link_status(folder.path().filename());
  if (!named || !named->same_file(folder.status())) return false;
  if (!is_by_file_) return true;
  struct stat locked{};
  const std::optional<base::FileStatus> in_folder = folder.link_status(kFile);
  return in_folder && fstat(file_.get(), &locked) == 0 && in_folder->inode == locked.st_ino;
}

void FolderLock::remove_file(const base::Directory& folder) {
  (void)unlinkat(folder.descriptor(), kFile, 0);
  file_.reset();
}

}  // namespace ensure::install
