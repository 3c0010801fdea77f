#include "installer/base/directory.h"

#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <limits>
#include <memory>
#include <ranges>
#include <utility>

#include "installer/base/error.h"
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

/// Whether each file has blocks of its own. Others pack, compress or report what is no unit of
/// storage, such as NFS its transfer size.
bool keeps_whole_blocks(const struct statfs& kind) {
  const auto type = static_cast<std::uint64_t>(kind.f_type);
  return type == EXT4_SUPER_MAGIC || type == XFS_SUPER_MAGIC || type == TMPFS_MAGIC;
}

std::optional<Path> read_link_at(int directory, const Path& name) {
  std::string target(PATH_MAX, '\0');
  const ssize_t length = readlinkat(directory, name.c_str(), target.data(), target.size());
  if (length < 0) return std::nullopt;
  target.resize(static_cast<std::size_t>(length));
  return Path(std::move(target));
}

}  // namespace

Directory::Directory(Descriptor descriptor, Path path)
    : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

Directory Directory::open(const Path& path) {
  Descriptor descriptor(::open(path.c_str(), kOpenDirectory));
  if (!descriptor) throw FileError("open the directory", path.text(), errno);
  return {std::move(descriptor), path};
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

Directory Directory::create_directory(const Path& name, Permissions permissions) const {
  if (mkdirat(descriptor_.get(), name.c_str(), mode_of_directory(permissions)) != 0) {
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

void Directory::hard_link(const Path& name, const Directory& from, const Path& source) const {
  if (linkat(from.descriptor_.get(), source.c_str(), descriptor_.get(), name.c_str(), 0) == 0)
    return;
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

std::optional<Path> Directory::read_link(const Path& name) const {
  return read_link_at(descriptor_.get(), name);
}

std::optional<LinkStatus> Directory::examine_link(const Path& name) const {
  const Descriptor link(openat(descriptor_.get(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  std::optional<Path> target = link ? read_link_at(link.get(), "") : std::nullopt;
  struct stat raw{};
  if (!target || fstat(link.get(), &raw) != 0) return std::nullopt;
  return LinkStatus{.target = *std::move(target), .status = from_stat(raw)};
}

std::vector<std::string> Directory::list() const {
  // A stream moves the position of its descriptor, so it gets one of its own.
  Descriptor own(openat(descriptor_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!own) throw FileError("list", path_.text(), errno);
  std::vector<std::string> names = list_names(open_stream(std::move(own), path_), path_);
  std::ranges::sort(names);
  return names;
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

void Directory::write_file(const Path& name, std::string_view content,
                           Permissions permissions) const {
  create_file(name, permissions).write(content);
}

void Directory::create_link(const Path& name, const Path& target) const {
  if (symlinkat(target.c_str(), descriptor_.get(), name.c_str()) != 0) {
    throw FileError("create the link", (path_ / name).text(), errno);
  }
}

void Directory::copy_file(const Path& name, const Path& source, Permissions permissions) const {
  const File from = File::open_for_reading(source);
  const File to = create_file(name, permissions);
  if (copy_in_kernel(from.descriptor_.get(), to.descriptor_.get(), to.path())) return;
  to.write(from.read(kLargestArchive));
}

void Directory::link_or_copy(const Path& name, const Directory& from, const Path& source) const {
  if (linkat(from.descriptor_.get(), source.c_str(), descriptor_.get(), name.c_str(), 0) == 0) {
    return;
  }
  const bool may_be_copied =
      errno == EXDEV || errno == EPERM || errno == EMLINK || errno == ENOTSUP || errno == ENOSYS;
  if (!may_be_copied) throw FileError("link", (path_ / name).text(), errno);
  if (const std::optional<Path> target = from.read_link(source)) return create_link(name, *target);
  const std::optional<File> file = from.open_file(source);
  if (!file) throw FileError("open", (from.path() / source).text(), ENOENT);
  write_file(name, file->read(kLargestArchive), Permissions::kPrivate);
  set_mode(name, file->status().mode & 0777U);
}

std::optional<FileStatus> Directory::link_status(const Path& name) const {
  return status_at(descriptor_.get(), name, AT_SYMLINK_NOFOLLOW, path_);
}

FileStatus Directory::status() const {
  struct stat raw{};
  if (fstat(descriptor_.get(), &raw) != 0) throw FileError("examine", path_.text(), errno);
  return from_stat(raw);
}

std::optional<Path> current_directory() {
  const std::unique_ptr<char, decltype(&std::free)> name(getcwd(nullptr, 0), &std::free);
  // The kernel names a removed directory by a relative path, or refuses.
  return name && *name == '/' ? std::optional(Path(name.get())) : std::nullopt;
}

std::optional<Path> read_link(const Path& path) { return read_link_at(AT_FDCWD, path); }

Path absolute_path(const Path& path) {
  Path whole = path;
  if (!path.is_absolute()) {
    const std::optional<Path> current = current_directory();
    if (!current) {
      throw Error(ExitCode::kFileSystem,
                  "the path `" + path.text() + "` is relative, and the current directory is gone")
          .with_hint("give an absolute path, or change to a directory that exists");
    }
    whole = *current / path;
  }
  Path normal = whole.lexically_normal();
  if (normal.has_relative_path() && !normal.has_filename()) normal = normal.parent_path();
  return normal;
}

std::size_t most_open_files() {
  struct rlimit limit{};
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? static_cast<std::size_t>(limit.rlim_cur)
                                               : std::numeric_limits<std::size_t>::max();
}

std::optional<Path> real_path(const Path& path) {
  const std::unique_ptr<char, decltype(&std::free)> resolved(realpath(path.c_str(), nullptr),
                                                             &std::free);
  if (resolved) return Path(resolved.get());
  if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP) return std::nullopt;
  throw FileError("resolve", path.text(), errno);
}

std::vector<std::string> list_directory(const Path& path) {
  std::vector<std::string> names = list_names(
      open_stream(Descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)), path),
      path);
  std::ranges::sort(names);
  return names;
}

bool remove_empty_directory(const Path& path) noexcept { return rmdir(path.c_str()) == 0; }

std::optional<Path> make_directories(const Path& path, Permissions permissions) {
  if (path.empty() || file_status(path)) return std::nullopt;
  std::optional<Path> above = make_directories(path.parent_path());
  if (mkdir(path.c_str(), mode_of_directory(permissions)) == 0) return above ? above : path;
  const int error_number = errno;
  if (error_number == EEXIST) return above;
  for (Path made = path; above && made != *above;) {
    made = made.parent_path();
    (void)rmdir(made.c_str());
  }
  throw FileError("create the directory", path.text(), error_number);
}

void set_times(const Directory& directory, std::int64_t seconds) {
  const std::array<struct timespec, 2> times{{{seconds, 0}, {seconds, 0}}};
  // Opens one directory at a time, however deep the tree is, and sets each after its content.
  std::vector<Path> directories{Path()};
  for (std::size_t i = 0; i < directories.size(); ++i) {
    const Path path = directories[i];
    const Directory current = directory.open_below(path);
    for (const std::string& name : current.list()) {
      const std::optional<FileStatus> status = current.link_status(name);
      if (status && status->type == FileType::kDirectory) {
        directories.push_back(path / name);
      } else if (status && utimensat(NativeFile::of(current), name.c_str(), times.data(),
                                     AT_SYMLINK_NOFOLLOW) != 0) {
        throw FileError("set the time of", (current.path() / name).text(), errno);
      }
    }
  }
  for (const Path& path : std::ranges::reverse_view(directories)) {
    const Directory current = directory.open_below(path);
    if (futimens(NativeFile::of(current), times.data()) == 0) continue;
    throw FileError("set the time of", current.path().text(), errno);
  }
}

AvailableSpace available_space(const Path& path) {
  constexpr std::uint64_t kUnknown = std::numeric_limits<std::uint64_t>::max();
  struct statvfs raw{};
  struct statfs kind{};
  if (statvfs(path.c_str(), &raw) != 0 || statfs(path.c_str(), &kind) != 0) {
    // A sandbox that forbids to ask is no full disk.
    if (errno == EPERM || errno == ENOSYS) {
      return {.bytes = kUnknown, .files = kUnknown, .block_size = 1};
    }
    throw FileError("examine", path.text(), errno);
  }
  // What is set aside for root is there for root.
  const bool is_root = geteuid() == 0;
  const std::uint64_t blocks = is_root ? raw.f_bfree : raw.f_bavail;
  const std::uint64_t files = is_root ? raw.f_ffree : raw.f_favail;
  return {.bytes = raw.f_blocks == 0 ? kUnknown : blocks * raw.f_frsize,
          .files = raw.f_files == 0 ? kUnknown : files,
          .block_size = keeps_whole_blocks(kind) ? raw.f_frsize : 1};
}

}  // namespace ensure::base
