#include <linux/fs.h>
#include <linux/openat2.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/files.h"
#include "installer/base/posix/system_calls.h"

namespace ensure::base {

namespace {

/// Copies the rest of one open file to another within the kernel. Returns false, with nothing
/// copied, if the file systems do not support that.
bool copy_in_kernel(int from, int to, const Path& shown) {
  bool copied_some = false;
  while (true) {
    constexpr std::size_t kAtOnce = std::size_t{1} << 30U;
    const ssize_t count = copy_file_range(from, nullptr, to, nullptr, kAtOnce, 0);
    if (count < 0 && errno == EINTR) continue;
    // Zero bytes at first: the file is empty, or in /proc, where only read(2) returns the content.
    if (count == 0) return copied_some;
    if (count < 0) {
      const bool unsupported =
          errno == EXDEV || errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP;
      if (unsupported && !copied_some) return false;
      throw FileError("copy to", shown.text(), errno);
    }
    copied_some = true;
  }
}

}  // namespace

Directory::Directory(Descriptor descriptor, Path path)
    : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

Directory Directory::open(const Path& path) {
  return {base::open_file(path, kOpenDirectory), path};
}

Directory Directory::open_resolved(const Path& path) {
  Descriptor descriptor = open_directory_within(AT_FDCWD, path, RESOLVE_NO_SYMLINKS);
  if (!descriptor) throw FileError("open the directory", path.text(), errno);
  return {std::move(descriptor), path};
}

Directory Directory::open_directory(const Path& name) const {
  Descriptor descriptor(openat(descriptor_.get(), name.c_str(), kOpenDirectory));
  if (!descriptor) throw FileError("open the directory", (path_ / name).text(), errno);
  return {std::move(descriptor), path_ / name};
}

Directory Directory::create_directory(const Path& name, mode_t mode) const {
  if (mkdirat(descriptor_.get(), name.c_str(), mode) != 0) {
    throw FileError("create the directory", (path_ / name).text(), errno);
  }
  try {
    return open_directory(name);
  } catch (const FileError&) {
    // The caller gets no directory that it could remove.
    (void)unlinkat(descriptor_.get(), name.c_str(), AT_REMOVEDIR);
    throw;
  }
}

Directory Directory::open_below(const Path& relative) const {
  const Path name = relative.empty() ? Path(".") : relative;
  struct open_how how{};
  how.flags = kOpenDirectory;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  Descriptor opened(
      static_cast<int>(syscall(SYS_openat2, descriptor_.get(), name.c_str(), &how, sizeof(how))));
  if (!opened && (errno == ENOSYS || errno == EPERM)) return open_step_by_step(relative);
  if (!opened) throw FileError("open the directory", (path_ / relative).text(), errno);
  return {std::move(opened), path_ / relative};
}

/// For kernels before Linux 5.6, and for sandboxes that forbid openat2(2).
Directory Directory::open_step_by_step(const Path& relative) const {
  Directory opened(Descriptor(fcntl(descriptor_.get(), F_DUPFD_CLOEXEC, 0)), path_);
  if (!opened.descriptor_) throw FileError("open the directory", path_.text(), errno);
  for (const Path& component : relative) {
    if (component == "..") throw FileError("open the directory", (path_ / relative).text(), EXDEV);
    if (!component.empty() && component != ".") opened = opened.open_directory(component);
  }
  return opened;
}

std::optional<Descriptor> Directory::open_regular_file(const Path& name) const {
  Descriptor file(openat(descriptor_.get(), name.c_str(),
                         O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file && errno == ENOENT) return std::nullopt;
  if (!file) throw FileError("open", (path_ / name).text(), errno);
  if (status_of(file, path_ / name).type != FileType::kRegular) {
    throw FileError("read", (path_ / name).text(), EINVAL);
  }
  return file;
}

std::optional<File> Directory::open_file(const Path& name, Access access) const {
  const int mode = access == Access::kRead ? O_RDONLY : O_RDWR;
  Descriptor opened(openat(descriptor_.get(), name.c_str(),
                           mode | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!opened && errno == ENOENT) return std::nullopt;
  if (!opened) throw FileError("open", (path_ / name).text(), errno);
  File file(std::move(opened), path_ / name);
  if (file.status().type != FileType::kRegular) {
    throw FileError("read", file.path().text(), EINVAL);
  }
  return file;
}

File Directory::create_file(const Path& name, Permissions permissions) const {
  Descriptor file(openat(descriptor_.get(), name.c_str(),
                         O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                         mode_of_file(permissions)));
  if (!file) throw FileError("create the file", (path_ / name).text(), errno);
  return {std::move(file), path_ / name};
}

bool Directory::make_directory(const Path& name, Permissions permissions) const {
  if (mkdirat(descriptor_.get(), name.c_str(), mode_of_directory(permissions)) == 0) return true;
  if (errno == EEXIST) return false;
  throw FileError("create the directory", (path_ / name).text(), errno);
}

Directory Directory::create_directory(const Path& name, Permissions permissions) const {
  return create_directory(name, mode_of_directory(permissions));
}

void Directory::write_file(const Path& name, std::string_view content,
                           Permissions permissions) const {
  write_file(name, content, mode_of_file(permissions));
}

void Directory::copy_file(const Path& name, const Path& source, Permissions permissions) const {
  copy_file(name, source, mode_of_file(permissions));
}

void Directory::hard_link(const Path& name, const Directory& from, const Path& source) const {
  if (linkat(from.descriptor(), source.c_str(), descriptor_.get(), name.c_str(), 0) == 0) return;
  throw FileError("link", (path_ / name).text(), errno);
}

void Directory::clone_file(const Path& name, const Directory& from, const Path& source) const {
  const std::optional<File> original = from.open_file(source);
  if (!original) throw FileError("open", (from.path() / source).text(), ENOENT);
  const bool is_executable = original->status().is_executable_file();
  const File clone =
      create_file(name, is_executable ? Permissions::kExecutable : Permissions::kPlain);
  if (ioctl(clone.descriptor_.get(), FICLONE, original->descriptor_.get()) == 0) return;
  const int error_number = errno;
  remove_file(name);
  throw FileError("clone", clone.path().text(), error_number);
}

bool Directory::remove_file(const Path& name) const noexcept {
  return unlinkat(descriptor_.get(), name.c_str(), 0) == 0;
}

void Directory::set_mode(const Path& name, std::uint32_t mode) const {
  if (fchmodat(descriptor_.get(), name.c_str(), mode, 0) == 0) return;
  throw FileError("set the mode of", (path_ / name).text(), errno);
}

void Directory::set_changed(const Path& name, std::int64_t nanoseconds) const noexcept {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const std::array<timespec, 2> times{
      timespec{.tv_sec = 0, .tv_nsec = UTIME_OMIT},
      timespec{.tv_sec = nanoseconds / kSecond, .tv_nsec = nanoseconds % kSecond}};
  (void)utimensat(descriptor_.get(), name.c_str(), times.data(), AT_SYMLINK_NOFOLLOW);
}

void Directory::set_changed_now() const noexcept { (void)futimens(descriptor_.get(), nullptr); }

std::optional<Path> Directory::try_read_link(const Path& name) const {
  std::string target(PATH_MAX, '\0');
  const ssize_t length = readlinkat(descriptor_.get(), name.c_str(), target.data(), target.size());
  if (length < 0) return std::nullopt;
  target.resize(static_cast<std::size_t>(length));
  return Path(std::move(target));
}

std::optional<LinkStatus> Directory::examine_link(const Path& name) const {
  const Descriptor link(openat(descriptor_.get(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  if (!link) return std::nullopt;
  std::string target(PATH_MAX, '\0');
  const ssize_t length = readlinkat(link.get(), "", target.data(), target.size());
  if (length < 0) return std::nullopt;
  target.resize(static_cast<std::size_t>(length));
  return LinkStatus{.target = std::move(target), .status = status_of(link, path_ / name)};
}

std::vector<std::string> Directory::list() const {
  // A stream moves the position of its descriptor, so it gets one of its own.
  Descriptor own(openat(descriptor_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!own) throw FileError("list", path_.text(), errno);
  std::vector<std::string> names = list_names(open_stream(std::move(own), path_), path_);
  std::ranges::sort(names);
  return names;
}

Path Directory::read_link(const Path& name) const {
  std::string target(PATH_MAX, '\0');
  const ssize_t length = readlinkat(descriptor_.get(), name.c_str(), target.data(), target.size());
  if (length < 0) throw FileError("read the link", (path_ / name).text(), errno);
  target.resize(static_cast<std::size_t>(length));
  return target;
}

bool Directory::remove_empty_directory(const Path& name) const {
  if (unlinkat(descriptor_.get(), name.c_str(), AT_REMOVEDIR) == 0) return true;
  if (errno == ENOENT || errno == ENOTEMPTY || errno == EEXIST) return false;
  throw FileError("remove the directory", (path_ / name).text(), errno);
}

std::string Directory::identity() const {
  struct statx raw{};
  constexpr unsigned int kWanted = STATX_INO | STATX_BTIME;
  if (statx(descriptor_.get(), "", AT_EMPTY_PATH, kWanted, &raw) != 0) {
    const FileStatus known = status();
    return std::to_string(known.inode) + "@" + std::to_string(known.device);
  }
  const std::string inode = std::to_string(raw.stx_ino);
  if ((raw.stx_mask & STATX_BTIME) != 0) {
    return inode + "/" + std::to_string(raw.stx_btime.tv_sec) + "." +
           std::to_string(raw.stx_btime.tv_nsec);
  }
  return inode + "@" + std::to_string(raw.stx_dev_major) + ":" + std::to_string(raw.stx_dev_minor);
}

void Directory::write_file(const Path& name, std::string_view content, mode_t mode) const {
  const Descriptor file(openat(descriptor_.get(), name.c_str(),
                               O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!file) throw FileError("create the file", (path_ / name).text(), errno);
  if (!write_fully(file.get(), content)) throw FileError("write", (path_ / name).text(), errno);
}

void Directory::create_link(const Path& name, const Path& target) const {
  if (symlinkat(target.c_str(), descriptor_.get(), name.c_str()) != 0) {
    throw FileError("create the link", (path_ / name).text(), errno);
  }
}

void Directory::copy_file(const Path& name, const Path& source, mode_t mode) const {
  const Descriptor from = base::open_regular_file(source);
  const Descriptor to(openat(descriptor_.get(), name.c_str(),
                             O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!to) throw FileError("create the file", (path_ / name).text(), errno);
  if (copy_in_kernel(from.get(), to.get(), path_ / name)) return;
  write_all(to.get(), read_file(from, source, kLargestArchive), path_ / name);
}

void Directory::link_or_copy(const Path& name, const Directory& from, const Path& source) const {
  if (linkat(from.descriptor(), source.c_str(), descriptor_.get(), name.c_str(), 0) == 0) return;
  const bool may_be_copied =
      errno == EXDEV || errno == EPERM || errno == EMLINK || errno == ENOTSUP || errno == ENOSYS;
  if (!may_be_copied) throw FileError("link", (path_ / name).text(), errno);
  const std::optional<FileStatus> status = from.link_status(source);
  if (status && status->type == FileType::kLink) return create_link(name, from.read_link(source));
  const std::optional<Descriptor> file = from.open_regular_file(source);
  if (!file) throw FileError("open", (from.path() / source).text(), ENOENT);
  write_file(name, read_file(*file, from.path() / source, kLargestArchive), status->mode & 0777U);
}

void Directory::rename(const Path& name, const Path& new_path) const {
  if (renameat(descriptor_.get(), name.c_str(), AT_FDCWD, new_path.c_str()) != 0) {
    throw FileError("move into place", new_path.text(), errno);
  }
}

std::optional<FileStatus> Directory::link_status(const Path& name) const {
  struct stat raw{};
  if (fstatat(descriptor_.get(), name.c_str(), &raw, AT_SYMLINK_NOFOLLOW) == 0) {
    return from_stat(raw);
  }
  if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
  throw FileError("examine", (path_ / name).text(), errno);
}

FileStatus Directory::status() const {
  struct stat raw{};
  if (fstat(descriptor_.get(), &raw) != 0) throw FileError("examine", path_.text(), errno);
  return from_stat(raw);
}

}  // namespace ensure::base
