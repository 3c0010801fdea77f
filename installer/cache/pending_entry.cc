#include "installer/cache/pending_entry.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

namespace ensure::cache {

void CacheFailure::note(const base::Error& error) {
  const std::lock_guard lock(mutex_);
  if (exists_) return;
  message_ = error.message();
  exists_ = true;
}

std::optional<std::string> CacheFailure::message() const {
  const std::lock_guard lock(mutex_);
  return exists_ ? std::optional(message_) : std::nullopt;
}

bool PendingNames::move_into_place() const {
  return ::renameat(temporary->descriptor(), temporary_name.c_str(), bucket->descriptor(),
                    name.c_str()) == 0;
}

/// Creates the file with mode 0644 at most: an entry that others may write to would not be used.
PendingFile::PendingFile(PendingNames names, std::shared_ptr<CacheFailure> failure)
    : names_(std::move(names)),
      failure_(std::move(failure)),
      file_(openat(names_.temporary->descriptor(), names_.temporary_name.c_str(),
                   O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644)) {
  if (!file_) fail("create the file", names_.temporary_path(), errno);
}

PendingFile::~PendingFile() {
  if (file_ && !kept_) {
    (void)unlinkat(names_.temporary->descriptor(), names_.temporary_name.c_str(), 0);
  }
}

void PendingFile::write_at(std::uint64_t offset, std::string_view bytes) {
  while (!bytes.empty() && good_) {
    const ssize_t count =
        ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail("write", names_.temporary_path(), errno);
    bytes.remove_prefix(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
}

bool PendingFile::keep() {
  if (!good_ || kept_) return kept_;
  kept_ = names_.move_into_place();
  if (!kept_) fail("move into place", names_.path(), errno);
  return kept_;
}

void PendingFile::fail(std::string_view action, const base::Path& path, int error_number) {
  good_ = false;
  failure_->note(base::FileError(action, path.text(), error_number));
}

PendingDirectory::PendingDirectory(PendingNames names, std::shared_ptr<CacheFailure> failure)
    : names_(std::move(names)),
      directory_(names_.temporary->create_directory(names_.temporary_name, 0755)),
      failure_(std::move(failure)) {}

PendingDirectory::~PendingDirectory() {
  if (kept_) return;
  try {
    names_.temporary->remove_tree(names_.temporary_name);
  } catch (const base::Error& error) {
    failure_->note(error);
  }
}

bool PendingDirectory::keep() {
  if (kept_) return true;
  if (names_.move_into_place()) return kept_ = true;
  if (errno == ENOTEMPTY || errno == EEXIST) return true;
  failure_->note(base::FileError("move into place", final_path().text(), errno));
  return false;
}

}  // namespace ensure::cache
