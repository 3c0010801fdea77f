#include "installer/cache/pending_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace ensure::cache {

PendingFile::PendingFile(fs::path temporary, fs::path destination, std::shared_ptr<Problem> problem)
    : temporary_(std::move(temporary)),
      destination_(std::move(destination)),
      problem_(std::move(problem)),
      file_(
          ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666)) {
  if (!file_) fail("create the file", temporary_, errno);
}

PendingFile::~PendingFile() {
  if (file_ && !kept_) (void)::unlink(temporary_.c_str());
}

void PendingFile::write_at(std::uint64_t offset, std::string_view bytes) {
  while (!bytes.empty() && good_) {
    const ssize_t count =
        ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail("write", temporary_, errno);
    bytes.remove_prefix(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
}

bool PendingFile::keep() {
  if (!good_ || kept_) return kept_;
  if (::rename(temporary_.c_str(), destination_.c_str()) != 0) {
    fail("move into place", destination_, errno);
    return false;
  }
  kept_ = true;
  return true;
}

void PendingFile::fail(std::string_view action, const fs::path& path, int error_number) {
  good_ = false;
  problem_->note(base::FileError(action, path.native(), error_number));
}

}  // namespace ensure::cache
