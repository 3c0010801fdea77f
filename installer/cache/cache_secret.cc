#include "installer/cache/cache_secret.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <string_view>

#include "installer/base/files.h"

namespace ensure::cache {

namespace {

constexpr std::string_view kName = "secret";
constexpr std::size_t kSize = 32;

/// The content of the file; none where it is not one that only we could have written and can read.
std::optional<std::string> read_secret(const fs::path& path) {
  const base::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat status{};
  if (!file || ::fstat(file.get(), &status) != 0) return std::nullopt;
  constexpr mode_t kOthers = S_IRWXG | S_IRWXO;
  const bool is_private = S_ISREG(status.st_mode) && status.st_uid == ::geteuid() &&
                          status.st_nlink == 1 && (status.st_mode & kOthers) == 0;
  std::string bytes(kSize, '\0');
  if (!is_private || ::read(file.get(), bytes.data(), kSize) != static_cast<ssize_t>(kSize)) {
    return std::nullopt;
  }
  return bytes;
}

/// Writes it beside and gives it its name, unless another process was faster.
void make_secret(const Folder::Pending& pending) {
  std::string bytes(kSize, '\0');
  if (::getrandom(bytes.data(), kSize, 0) != static_cast<ssize_t>(kSize)) return;
  {
    const base::Descriptor file(
        ::open(pending.temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file || ::write(file.get(), bytes.data(), kSize) != static_cast<ssize_t>(kSize)) return;
  }
  if (::renameat2(AT_FDCWD, pending.temporary.c_str(), AT_FDCWD, pending.destination.c_str(),
                  RENAME_NOREPLACE) != 0) {
    (void)::unlink(pending.temporary.c_str());
  }
}

}  // namespace

std::optional<std::string> cache_secret(const Folder& folder) {
  const std::optional<fs::path> path = folder.find(Bucket::kPages, kName);
  if (!path) return std::nullopt;
  if (auto known = read_secret(*path)) {
    Folder::touch(*path);
    return known;
  }
  if (const auto pending = folder.prepare(Bucket::kPages, kName)) make_secret(*pending);
  return read_secret(*path);
}

}  // namespace ensure::cache
