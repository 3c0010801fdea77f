#include "installer/cache/pending_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace ensure::cache {

/// Creates the file with mode 0644 at most: an entry that others may write to would not be used.
PendingFile::PendingFile(Slot slot, std::shared_ptr<Problem> problem)
    : slot_(std::move(slot)),
      problem_(std::move(problem)),
      file_(openat(slot_.temporary->descriptor(), slot_.temporary_name.c_str(),
                   O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644)) {
  if (!file_) fail("create the file", slot_.temporary_path(), errno);
}

PendingFile::~PendingFile() {
  if (file_ && !kept_) {
    (void)unlinkat(slot_.temporary->descriptor(), slot_.temporary_name.c_str(), 0);
  }
}

void PendingFile::write_at(std::uint64_t offset, std::string_view bytes) {
  while (!bytes.empty() && good_) {
    const ssize_t count =
        ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail("write", slot_.temporary_path(), errno);
    bytes.remove_prefix(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
}

bool PendingFile::keep() {
  if (!good_ || kept_) return kept_;
  if (!slot_.move_into_place()) {
    fail("move into place", slot_.path(), errno);
    return false;
  }
  kept_ = true;
  return true;
}

void PendingFile::fail(std::string_view action, const base::Path& path, int error_number) {
  good_ = false;
  problem_->note(base::FileError(action, path.text(), error_number));
}

}  // namespace ensure::cache
