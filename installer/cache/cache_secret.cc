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

/// The content of the secret file; nullopt unless only this user can read and write it.
std::optional<std::string> read_secret(const Folder& folder) {
  const std::optional<Folder::Entry> entry =
      folder.open_file(Bucket::kPages, kName, Folder::Access::kChange);
  struct stat status{};
  if (!entry || ::fstat(entry->file.get(), &status) != 0) return std::nullopt;
  constexpr mode_t kOthers = S_IRWXG | S_IRWXO;
  const bool is_private =
      status.st_uid == ::geteuid() && status.st_nlink == 1 && (status.st_mode & kOthers) == 0;
  std::string bytes(kSize, '\0');
  if (!is_private ||
      ::pread(entry->file.get(), bytes.data(), kSize, 0) != static_cast<ssize_t>(kSize)) {
    return std::nullopt;
  }
  // Keep it from being pruned as long as it is in use.
  (void)::futimens(entry->file.get(), nullptr);
  return bytes;
}

/// Creates the secret under a temporary name and renames it, unless another process was faster.
void make_secret(const Slot& slot) {
  std::string bytes(kSize, '\0');
  if (::getrandom(bytes.data(), kSize, 0) != static_cast<ssize_t>(kSize)) return;
  const int temporary = slot.temporary->descriptor();
  const char* const name = slot.temporary_name.c_str();
  {
    const base::Descriptor file(
        ::openat(temporary, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file || ::write(file.get(), bytes.data(), kSize) != static_cast<ssize_t>(kSize)) return;
  }
  if (::renameat2(temporary, name, slot.bucket->descriptor(), slot.name.c_str(),
                  RENAME_NOREPLACE) != 0) {
    (void)::unlinkat(temporary, name, 0);
  }
}

}  // namespace

std::optional<std::string> cache_secret(const Folder& folder) {
  if (auto known = read_secret(folder)) return known;
  if (const std::optional<Slot> slot = folder.prepare(Bucket::kPages, kName)) make_secret(*slot);
  return read_secret(folder);
}

}  // namespace ensure::cache
