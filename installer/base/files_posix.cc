#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <limits>
#include <memory>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/files.h"

namespace ensure::base {

namespace {

FileStatus from_stat(const struct stat& raw) {
  FileType type = FileType::kOther;
  if (S_ISREG(raw.st_mode)) type = FileType::kRegular;
  if (S_ISDIR(raw.st_mode)) type = FileType::kDirectory;
  if (S_ISLNK(raw.st_mode)) type = FileType::kLink;
  return {type,       raw.st_mode & 07777U, static_cast<std::uint64_t>(raw.st_size),
          raw.st_dev, raw.st_ino,           raw.st_uid};
}

/// Whether each file has blocks of its own. Others pack, compress or report what is no unit of
/// storage, such as NFS its transfer size.
bool keeps_whole_blocks(const struct statfs& kind) {
  const auto type = static_cast<std::uint64_t>(kind.f_type);
  return type == EXT4_SUPER_MAGIC || type == XFS_SUPER_MAGIC || type == TMPFS_MAGIC;
}

/// fstatat(2); none where nothing is at `name`.
std::optional<FileStatus> status_at(int directory, const fs::path& name, int flags,
                                    const fs::path& shown) {
  struct stat raw{};
  if (fstatat(directory, name.c_str(), &raw, flags) == 0) return from_stat(raw);
  if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
  throw FileError("examine", shown.native(), errno);
}

/// Writes all of `bytes`; false, with `errno` set, where that fails. The path is not needed, which
/// counts where many small files are written: joining paths costs as much as a system call.
bool write_fully(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

struct CloseDirectory {
  void operator()(DIR* directory) const { closedir(directory); }
};
using DirectoryStream = std::unique_ptr<DIR, CloseDirectory>;

/// Takes over the descriptor of a folder, for a stream that keeps it open.
DirectoryStream open_stream(Descriptor folder, const fs::path& shown) {
  DirectoryStream stream(fdopendir(folder.get()));
  if (!stream) throw FileError("list", shown.native(), errno);
  (void)folder.release();
  return stream;
}

/// The names in the folder.
std::vector<std::string> list_names(const DirectoryStream& stream, const fs::path& shown) {
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = readdir(stream.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
    errno = 0;
  }
  if (errno != 0) throw FileError("list", shown.native(), errno);
  return names;
}

constexpr int kOpenFolder = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

/// Opens a folder whose path leads only where `resolve` (openat2) permits. Where the call is not to
/// be had, it leads anywhere: older kernels do not know it, and older sandboxes forbid what they do
/// not know.
Descriptor open_folder_within(int directory, const fs::path& name, std::uint64_t resolve) {
  struct open_how how{};
  how.flags = kOpenFolder;
  how.resolve = resolve;
  Descriptor folder(
      static_cast<int>(syscall(SYS_openat2, directory, name.c_str(), &how, sizeof(how))));
  if (!folder && (errno == ENOSYS || errno == EPERM)) {
    folder.reset(openat(directory, name.c_str(), kOpenFolder));
  }
  return folder;
}

/// What is mounted in the tree belongs to somebody else: it stays, and is an error (EBUSY).
void remove_at(int directory, const fs::path& name, const fs::path& shown,
               std::uint64_t resolve = 0) {
  if (unlinkat(directory, name.c_str(), 0) == 0 || errno == ENOENT) return;
  if (errno != EISDIR && errno != EPERM) throw FileError("remove", shown.native(), errno);
  const int unlink_error = errno;
  Descriptor folder = open_folder_within(directory, name, resolve);
  if (!folder && errno == EACCES) {
    // A folder that its owner may not enter is made enterable first.
    fchmodat(directory, name.c_str(), 0700, 0);
    folder = open_folder_within(directory, name, resolve);
  }
  if (!folder && errno == EXDEV) throw FileError("remove", shown.native(), EBUSY);
  if (!folder) throw FileError("remove", shown.native(), errno == ENOTDIR ? unlink_error : errno);
  // One descriptor for each level, so that little is needed to tidy up where they are scarce.
  const DirectoryStream stream = open_stream(std::move(folder), shown);
  for (const std::string& entry : list_names(stream, shown)) {
    remove_at(dirfd(stream.get()), entry, shown / entry, RESOLVE_NO_XDEV);
  }
  if (unlinkat(directory, name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT) {
    throw FileError("remove", shown.native(), errno);
  }
}

void set_times_at(int directory, const fs::path& name, const struct timespec& time,
                  const fs::path& shown) {
  Descriptor folder(openat(directory, name.c_str(), kOpenFolder));
  if (!folder && errno != ENOTDIR && errno != ELOOP) {
    throw FileError("open", shown.native(), errno);
  }
  if (folder) {
    const DirectoryStream stream = open_stream(std::move(folder), shown);
    for (const std::string& entry : list_names(stream, shown)) {
      set_times_at(dirfd(stream.get()), entry, time, shown / entry);
    }
  }
  const struct timespec times[2] = {time, time};
  if (utimensat(directory, name.c_str(), times, AT_SYMLINK_NOFOLLOW) != 0) {
    throw FileError("set the time of", shown.native(), errno);
  }
}

/// Copies the rest of one open file to another within the kernel. False where the file systems do
/// not support that, with nothing copied.
bool copy_in_kernel(int from, int to, const fs::path& shown) {
  bool copied_some = false;
  while (true) {
    constexpr std::size_t kAtOnce = std::size_t{1} << 30U;
    const ssize_t count = copy_file_range(from, nullptr, to, nullptr, kAtOnce, 0);
    if (count < 0 && errno == EINTR) continue;
    // Nothing at first: an empty file, or one of those in /proc that only read(2) can tell.
    if (count == 0) return copied_some;
    if (count < 0) {
      const bool unsupported =
          errno == EXDEV || errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP;
      if (unsupported && !copied_some) return false;
      throw FileError("copy to", shown.native(), errno);
    }
    copied_some = true;
  }
}

}  // namespace

void Descriptor::reset(int descriptor) {
  if (descriptor_ >= 0) close(descriptor_);
  descriptor_ = descriptor;
}

int Descriptor::release() { return std::exchange(descriptor_, -1); }

std::optional<FileStatus> file_status(const fs::path& path) {
  return status_at(AT_FDCWD, path, 0, path);
}

std::optional<FileStatus> link_status(const fs::path& path) {
  return status_at(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, path);
}

void write_all(int descriptor, std::string_view bytes, const fs::path& path) {
  if (!write_fully(descriptor, bytes)) throw FileError("write", path.native(), errno);
}

fs::path absolute_path(const fs::path& path) {
  fs::path whole = path;
  if (path.is_relative()) {
    std::error_code failure;
    const fs::path current = fs::current_path(failure);
    if (failure) {
      throw Error(ExitCode::kFileSystem,
                  "the path `" + path.native() + "` is relative, and the current folder is gone")
          .with_hint("give an absolute path, or change to a folder that exists");
    }
    whole = current / path;
  }
  fs::path normal = whole.lexically_normal();
  if (normal.has_relative_path() && !normal.has_filename()) normal = normal.parent_path();
  return normal;
}

std::optional<fs::path> real_path(const fs::path& path) {
  const std::unique_ptr<char, decltype(&std::free)> resolved(realpath(path.c_str(), nullptr),
                                                             &std::free);
  if (resolved) return fs::path(resolved.get());
  if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP) return std::nullopt;
  throw FileError("resolve", path.native(), errno);
}

std::vector<std::string> list_directory(const fs::path& path) {
  std::vector<std::string> names =
      list_names(open_stream(open_file(path, O_RDONLY | O_DIRECTORY), path), path);
  std::ranges::sort(names);
  return names;
}

std::vector<std::string> list_directory(const Directory& folder) {
  Descriptor again(openat(folder.descriptor(), ".", kOpenFolder));
  if (!again) throw FileError("list", folder.path().native(), errno);
  std::vector<std::string> names =
      list_names(open_stream(std::move(again), folder.path()), folder.path());
  std::ranges::sort(names);
  return names;
}

Directory::Directory(Descriptor descriptor, fs::path path)
    : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

Directory Directory::open(const fs::path& path) { return {open_file(path, kOpenFolder), path}; }

Directory Directory::open_resolved(const fs::path& path) {
  Descriptor descriptor = open_folder_within(AT_FDCWD, path, RESOLVE_NO_SYMLINKS);
  if (!descriptor) throw FileError("open the folder", path.native(), errno);
  return {std::move(descriptor), path};
}

Directory Directory::open_directory(const fs::path& name) const {
  Descriptor descriptor(openat(descriptor_.get(), name.c_str(), kOpenFolder));
  if (!descriptor) throw FileError("open the folder", (path_ / name).native(), errno);
  return {std::move(descriptor), path_ / name};
}

Directory Directory::create_directory(const fs::path& name, mode_t mode) const {
  if (mkdirat(descriptor_.get(), name.c_str(), mode) != 0) {
    throw FileError("create the folder", (path_ / name).native(), errno);
  }
  return open_directory(name);
}

void Directory::write_file(const fs::path& name, std::string_view content, mode_t mode) const {
  const Descriptor file(openat(descriptor_.get(), name.c_str(),
                               O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!file) throw FileError("create the file", (path_ / name).native(), errno);
  if (!write_fully(file.get(), content)) throw FileError("write", (path_ / name).native(), errno);
}

void Directory::create_link(const fs::path& name, const fs::path& target) const {
  if (symlinkat(target.c_str(), descriptor_.get(), name.c_str()) != 0) {
    throw FileError("create the link", (path_ / name).native(), errno);
  }
}

void Directory::copy_file(const fs::path& name, const fs::path& source, mode_t mode) const {
  const Descriptor from = open_regular_file(source);
  const Descriptor to(openat(descriptor_.get(), name.c_str(),
                             O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!to) throw FileError("create the file", (path_ / name).native(), errno);
  if (copy_in_kernel(from.get(), to.get(), path_ / name)) return;
  write_all(to.get(), read_file(from, source, kLargestArchive), path_ / name);
}

void Directory::rename(const fs::path& name, const fs::path& new_path) const {
  if (renameat(descriptor_.get(), name.c_str(), AT_FDCWD, new_path.c_str()) != 0) {
    throw FileError("move into place", new_path.native(), errno);
  }
}

void Directory::remove_tree(const fs::path& name) const {
  remove_at(descriptor_.get(), name, path_ / name);
}

std::optional<FileStatus> Directory::link_status(const fs::path& name) const {
  struct stat raw{};
  if (fstatat(descriptor_.get(), name.c_str(), &raw, AT_SYMLINK_NOFOLLOW) == 0) {
    return from_stat(raw);
  }
  if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
  throw FileError("examine", (path_ / name).native(), errno);
}

FileStatus Directory::status() const {
  struct stat raw{};
  if (fstat(descriptor_.get(), &raw) != 0) throw FileError("examine", path_.native(), errno);
  return from_stat(raw);
}

std::optional<fs::path> make_directories(const fs::path& path) {
  if (path.empty() || file_status(path)) return std::nullopt;
  std::optional<fs::path> above = make_directories(path.parent_path());
  if (mkdir(path.c_str(), 0777) == 0) return above ? above : path;
  const int error_number = errno;
  if (error_number == EEXIST) return above;
  for (fs::path made = path; above && made != *above;) {
    made = made.parent_path();
    (void)rmdir(made.c_str());
  }
  throw FileError("create the folder", path.native(), error_number);
}

void remove_tree(const fs::path& path) { remove_at(AT_FDCWD, path, path); }

void set_times(const fs::path& path, std::int64_t seconds) {
  set_times_at(AT_FDCWD, path, {seconds, 0}, path);
}

AvailableSpace available_space(const fs::path& path) {
  constexpr std::uint64_t kUnknown = std::numeric_limits<std::uint64_t>::max();
  struct statvfs raw{};
  struct statfs kind{};
  if (statvfs(path.c_str(), &raw) != 0 || statfs(path.c_str(), &kind) != 0) {
    // A sandbox that forbids to ask is no full disk.
    if (errno == EPERM || errno == ENOSYS) {
      return {.bytes = kUnknown, .files = kUnknown, .block_size = 1};
    }
    throw FileError("examine", path.native(), errno);
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
