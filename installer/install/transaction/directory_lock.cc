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

base::Error no_locks(const base::Directory& directory) {
  return base::Error(base::ExitCode::kFileSystem,
                     "the file system of `" + directory.path().text() + "` does not support locks")
      .with_hint("mount it with support for locks, or choose a target on another file system");
}

/// Opens or creates the lock file; nullopt if the directory has been removed meanwhile.
std::optional<base::Descriptor> open_file_in(const base::Directory& directory) {
  base::Descriptor file(openat(directory.descriptor(), DirectoryLock::kFile,
                               O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600));
  if (file) return file;
  if (errno == ENOENT || errno == ESTALE) return std::nullopt;
  throw base::FileError("open", (directory.path() / DirectoryLock::kFile).text(), errno);
}

}  // namespace

std::optional<DirectoryLock> DirectoryLock::try_take(const base::Directory& directory) {
  DirectoryLock lock;
  base::Lock result = base::try_lock(directory);
  if (result == base::Lock::kUnsupported) {
    std::optional<base::Descriptor> file = open_file_in(directory);
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
  struct stat locked{};
  const std::optional<base::FileStatus> in_directory = directory.link_status(kFile);
  return in_directory && fstat(file_.get(), &locked) == 0 && in_directory->inode == locked.st_ino;
}

void DirectoryLock::remove_file(const base::Directory& directory) {
  (void)unlinkat(directory.descriptor(), kFile, 0);
  file_.reset();
}

}  // namespace ensure::install
