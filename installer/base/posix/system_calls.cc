#include "installer/base/posix/system_calls.h"

#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "installer/base/error.h"

namespace ensure::base {

namespace {

std::int64_t nanoseconds(const struct timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

mode_t mode_of_file(Permissions permissions) {
  constexpr std::array<mode_t, 4> kModes{0600, 0644, 0666, 0777};
  return kModes.at(static_cast<std::size_t>(permissions));
}

mode_t mode_of_directory(Permissions permissions) {
  if (permissions == Permissions::kPrivate) return 0700;
  return permissions == Permissions::kOwnerWrites ? 0755 : 0777;
}

FileStatus from_stat(const struct stat& raw) {
  FileType type = FileType::kOther;
  if (S_ISREG(raw.st_mode)) type = FileType::kRegular;
  if (S_ISDIR(raw.st_mode)) type = FileType::kDirectory;
  if (S_ISLNK(raw.st_mode)) type = FileType::kLink;
  return {.type = type,
          .mode = raw.st_mode & 07777U,
          .size = static_cast<std::uint64_t>(raw.st_size),
          .device = raw.st_dev,
          .inode = raw.st_ino,
          .owner = raw.st_uid,
          .links = raw.st_nlink,
          .modified = nanoseconds(raw.st_mtim),
          .changed = nanoseconds(raw.st_ctim)};
}

std::optional<FileStatus> status_at(int directory, const Path& name, int flags,
                                    const Path& parent) {
  struct stat raw{};
  if (fstatat(directory, name.c_str(), &raw, flags) == 0) return from_stat(raw);
  if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
  throw FileError("examine", (parent / name).text(), errno);
}

bool write_fully(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

DirectoryStream open_stream(Descriptor directory, const Path& shown) {
  DirectoryStream stream(fdopendir(directory.get()));
  if (!stream) throw FileError("list", shown.text(), errno);
  (void)directory.release();
  return stream;
}

std::vector<std::string> list_names(const DirectoryStream& stream, const Path& shown) {
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = readdir(stream.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
    errno = 0;
  }
  if (errno != 0) throw FileError("list", shown.text(), errno);
  return names;
}

Descriptor open_directory_within(int directory, const Path& name, std::uint64_t resolve) {
  struct open_how how{};
  how.flags = kOpenDirectory;
  how.resolve = resolve;
  Descriptor opened(
      static_cast<int>(syscall(SYS_openat2, directory, name.c_str(), &how, sizeof(how))));
  if (!opened && (errno == ENOSYS || errno == EPERM)) {
    opened.reset(openat(directory, name.c_str(), kOpenDirectory));
  }
  return opened;
}

}  // namespace ensure::base
