#include "installer/base/placement.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "installer/base/error.h"
#include "installer/base/posix/system_calls.h"
#include "installer/base/text.h"

namespace ensure::base {

namespace {

/// Errors of a file system or kernel that does not know the flag of a rename.
bool is_unsupported(int error_number) {
  return error_number == EINVAL || error_number == ENOSYS || error_number == ENOTSUP;
}

int rename_with(const DirectoryEntry& from, const DirectoryEntry& to, unsigned int flags) {
  return renameat2(from.directory.descriptor(), from.name.c_str(), to.directory.descriptor(),
                   to.name.c_str(), flags);
}

struct stat status_of(const DirectoryEntry& place) {
  struct stat raw{};
  if (fstatat(place.directory.descriptor(), place.name.c_str(), &raw, AT_SYMLINK_NOFOLLOW) != 0) {
    throw FileError("examine", place.path().text(), errno);
  }
  return raw;
}

/// The kernel writes blanks, line feeds and backslashes in paths as "\\040".
std::string without_octal_escapes(std::string_view text) {
  const auto is_octal = [](char letter) { return letter >= '0' && letter <= '7'; };
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 3 >= text.size() ||
        !std::ranges::all_of(text.substr(i + 1, 3), is_octal)) {
      plain += text[i];
      continue;
    }
    plain +=
        static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + text[i + 3] - '0');
    i += 3;
  }
  return plain;
}

}  // namespace

void rename(const DirectoryEntry& from, const DirectoryEntry& to) {
  if (rename_with(from, to, 0) == 0) return;
  throw FileError("move into place", to.path().text(), errno);
}

void rename_to_free_name(const DirectoryEntry& from, const DirectoryEntry& to) {
  if (rename_with(from, to, RENAME_NOREPLACE) == 0) return;
  int error_number = errno;
  if (is_unsupported(error_number)) {
    if (to.directory.link_status(to.name)) throw FileError("replace", to.path().text(), EEXIST);
    if (rename_with(from, to, 0) == 0) return;
    error_number = errno;
  }
  throw FileError("move into place", to.path().text(), error_number);
}

bool try_rename_to_free_name(const DirectoryEntry& from, const DirectoryEntry& to) noexcept {
  return rename_with(from, to, RENAME_NOREPLACE) == 0;
}

bool exchange_names(const DirectoryEntry& one, const DirectoryEntry& other) {
  if (rename_with(one, other, RENAME_EXCHANGE) == 0) return true;
  // overlayfs answers EXDEV for directories of its lower layers.
  if (is_unsupported(errno) || errno == EXDEV) return false;
  throw FileError("move into place", other.path().text(), errno);
}

void copy_mode_and_owner(const DirectoryEntry& model, const DirectoryEntry& name) {
  const struct stat wanted = status_of(model);
  const struct stat current = status_of(name);
  const Directory directory = name.directory.open_directory(name.name);
  const bool same_owner = wanted.st_uid == current.st_uid && wanted.st_gid == current.st_gid;
  if (!same_owner && fchown(directory.descriptor(), wanted.st_uid, wanted.st_gid) != 0) {
    throw FileError("keep the owner of", model.path().text(), errno);
  }
  if (wanted.st_mode != current.st_mode &&
      fchmod(directory.descriptor(), wanted.st_mode & 07777U) != 0) {
    throw FileError("keep the mode of", model.path().text(), errno);
  }
}

bool is_mount_point(const Path& path) {
  struct statx raw{};
  if (statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW, STATX_TYPE, &raw) == 0 &&
      (raw.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) != 0) {
    return (raw.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
  }
  // Before Linux 5.8 only a change of the device shows a mount.
  const std::optional<FileStatus> status = base::link_status(path);
  const std::optional<FileStatus> above = base::file_status(path / "..");
  return status && above && status->device != above->device;
}

std::vector<Path> mount_points() {
  std::string mounts;
  try {
    mounts = read_file_if_exists("/proc/self/mountinfo").value_or("");
  } catch (const FileError&) {
    return {};
  }
  std::vector<Path> points;
  for (const std::string_view line : split_lines(mounts)) {
    constexpr std::size_t kMountPoint = 4;  // proc(5)
    const std::vector<std::string_view> fields = split(line, ' ');
    if (fields.size() > kMountPoint) {
      points.emplace_back(without_octal_escapes(fields[kMountPoint]));
    }
  }
  return points;
}

bool is_writable_directory(const Path& path) {
  return faccessat(AT_FDCWD, path.c_str(), W_OK | X_OK, AT_EACCESS) == 0;
}

Lock try_lock(const Directory& directory) {
  if (flock(directory.descriptor(), LOCK_EX | LOCK_NB) == 0) return Lock::kTaken;
  const bool is_held = errno == EWOULDBLOCK || errno == EINTR;
  return is_held ? Lock::kHeldByOther : Lock::kUnsupported;
}

std::optional<File> open_lock_file(const Directory& directory, const Path& name) {
  Descriptor file(openat(directory.descriptor(), name.c_str(),
                         O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600));
  const Path path = directory.path() / name;
  if (file) return NativeFile::file(std::move(file), path);
  if (errno == ENOENT || errno == ESTALE) return std::nullopt;
  throw FileError("open", path.text(), errno);
}

Lock try_lock_file(const File& file) {
  struct flock whole{};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  if (fcntl(NativeFile::of(file), F_OFD_SETLK, &whole) == 0) return Lock::kTaken;
  const bool is_held = errno == EAGAIN || errno == EACCES || errno == EINTR;
  return is_held ? Lock::kHeldByOther : Lock::kUnsupported;
}

Lock try_lock_file(const Descriptor& file) {
  struct flock whole{};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  if (fcntl(file.get(), F_OFD_SETLK, &whole) == 0) return Lock::kTaken;
  const bool is_held = errno == EAGAIN || errno == EACCES || errno == EINTR;
  return is_held ? Lock::kHeldByOther : Lock::kUnsupported;
}

void write_through(const Directory& directory) {
  if (fsync(directory.descriptor()) == 0 || is_unsupported(errno)) return;
  throw FileError("write", directory.path().text(), errno);
}

void write_through(const DirectoryEntry& file) {
  const Descriptor descriptor(
      openat(file.directory.descriptor(), file.name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!descriptor) throw FileError("open", file.path().text(), errno);
  // There are file systems without it.
  if (fsync(descriptor.get()) == 0 || is_unsupported(errno)) return;
  throw FileError("write", file.path().text(), errno);
}

}  // namespace ensure::base
