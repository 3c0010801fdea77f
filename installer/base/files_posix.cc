#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <memory>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/files.h"

namespace ensure::base {

namespace {

std::int64_t nanoseconds(const struct timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
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

std::string read_all(int descriptor, const fs::path& path) {
  struct stat raw{};
  if (fstat(descriptor, &raw) != 0) throw FileError("read", path.native(), errno);
  // One byte more than the size shows the end with the first read; files in /proc have size 0.
  std::string content(static_cast<std::size_t>(raw.st_size) + 1, '\0');
  std::size_t filled = 0;
  while (true) {
    if (filled == content.size()) content.resize(content.size() * 2);
    const ssize_t count = read(descriptor, content.data() + filled, content.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw FileError("read", path.native(), errno);
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  content.resize(filled);
  return content;
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

/// Removes a tree with a bounded number of open descriptors, however deep it is: a directory below
/// that depth is first moved up, into the topmost one.
class TreeRemoval {
 public:
  /// What is mounted in the tree belongs to somebody else: it stays, and is an error (EBUSY).
  void remove(int directory, const fs::path& name, const fs::path& shown) {
    if (removed_as_file(directory, name, shown)) return;
    const DirectoryStream top = open_stream(open_to_empty(directory, name, shown, 0), shown);
    // What was moved up while a listing was worked through is found by the next one.
    for (std::size_t moved = 0;; moved = moved_up_) {
      empty(top, shown, 0, dirfd(top.get()));
      if (moved == moved_up_) break;
      rewinddir(top.get());
    }
    remove_directory(directory, name, shown);
  }

 private:
  static constexpr int kDeepest = 64;

  void empty(const DirectoryStream& stream, const fs::path& shown, int depth, int top) {
    const int directory = dirfd(stream.get());
    for (const std::string& entry : list_names(stream, shown)) {
      if (removed_as_file(directory, entry, shown / entry)) continue;
      if (depth == kDeepest && moved_up(directory, entry, top)) continue;
      {
        const DirectoryStream below =
            open_stream(open_to_empty(directory, entry, shown / entry, RESOLVE_NO_XDEV), shown);
        empty(below, shown / entry, depth + 1, top);
      }
      remove_directory(directory, entry, shown / entry);
    }
  }

  /// Whether the entry is gone. A directory stays.
  static bool removed_as_file(int directory, const fs::path& name, const fs::path& shown) {
    if (unlinkat(directory, name.c_str(), 0) == 0 || errno == ENOENT) return true;
    if (errno == EISDIR) return false;
    const int unlink_error = errno;
    struct stat raw{};
    const bool is_directory = unlink_error == EPERM &&
                              fstatat(directory, name.c_str(), &raw, AT_SYMLINK_NOFOLLOW) == 0 &&
                              S_ISDIR(raw.st_mode);
    if (is_directory) return false;
    throw FileError("remove", shown.native(), unlink_error);
  }

  static Descriptor open_to_empty(int directory, const fs::path& name, const fs::path& shown,
                                  std::uint64_t resolve) {
    Descriptor opened = open_folder_within(directory, name, resolve);
    if (!opened && errno == EACCES) {
      // A directory that its owner may not enter is made enterable first.
      fchmodat(directory, name.c_str(), 0700, 0);
      opened = open_folder_within(directory, name, resolve);
    }
    if (!opened) throw FileError("remove", shown.native(), errno == EXDEV ? EBUSY : errno);
    return opened;
  }

  /// False where it cannot be moved, such as a mount point.
  bool moved_up(int directory, const fs::path& name, int top) {
    const std::string free_name = ".ensure-deep-" + std::to_string(moved_up_);
    const unsigned int flags = RENAME_NOREPLACE;
    if (renameat2(directory, name.c_str(), top, free_name.c_str(), flags) != 0) return false;
    ++moved_up_;
    return true;
  }

  static void remove_directory(int directory, const fs::path& name, const fs::path& shown) {
    if (unlinkat(directory, name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) return;
    throw FileError("remove", shown.native(), errno);
  }

  std::size_t moved_up_ = 0;
};

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

bool FileStatus::is_private() const { return owner == geteuid() && (mode & 022U) == 0; }

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

Descriptor open_file(const fs::path& path, int flags, mode_t mode) {
  Descriptor descriptor(::open(path.c_str(), flags | O_CLOEXEC, mode));
  if (!descriptor) throw FileError("open", path.native(), errno);
  return descriptor;
}

FileStatus status_of(const Descriptor& file, const fs::path& shown) {
  struct stat raw{};
  if (fstat(file.get(), &raw) != 0) throw FileError("examine", shown.native(), errno);
  return from_stat(raw);
}

std::string read_at_most(const Descriptor& file, std::size_t limit, const fs::path& shown) {
  if (status_of(file, shown).size > limit) throw FileError("read", shown.native(), EFBIG);
  std::string content = read_all(file.get(), shown);
  if (content.size() > limit) throw FileError("read", shown.native(), EFBIG);
  return content;
}

std::string read_file(const fs::path& path) {
  return read_all(open_file(path, O_RDONLY).get(), path);
}

std::optional<std::string> read_file_if_exists(const fs::path& path) {
  const Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (descriptor) return read_all(descriptor.get(), path);
  if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
  throw FileError("open", path.native(), errno);
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

MappedFile::MappedFile(const fs::path& path) {
  const Descriptor descriptor = open_file(path, O_RDONLY);
  struct stat raw{};
  if (fstat(descriptor.get(), &raw) != 0) throw FileError("read", path.native(), errno);
  size_ = static_cast<std::size_t>(raw.st_size);
  if (size_ == 0) return;
  void* data = mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, descriptor.get(), 0);
  if (data == MAP_FAILED) throw FileError("read", path.native(), errno);
  data_ = static_cast<const char*>(data);
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) munmap(const_cast<char*>(data_), size_);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
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

Directory Directory::open_below(const fs::path& relative) const {
  const fs::path name = relative.empty() ? fs::path(".") : relative;
  struct open_how how{};
  how.flags = kOpenFolder;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  Descriptor opened(
      static_cast<int>(syscall(SYS_openat2, descriptor_.get(), name.c_str(), &how, sizeof(how))));
  if (!opened && (errno == ENOSYS || errno == EPERM)) return open_step_by_step(relative);
  if (!opened) throw FileError("open the directory", (path_ / relative).native(), errno);
  return {std::move(opened), path_ / relative};
}

/// For kernels before Linux 5.6, and for sandboxes that forbid calls they do not know.
Directory Directory::open_step_by_step(const fs::path& relative) const {
  Directory opened(Descriptor(fcntl(descriptor_.get(), F_DUPFD_CLOEXEC, 0)), path_);
  if (!opened.descriptor_) throw FileError("open the directory", path_.native(), errno);
  for (const fs::path& component : relative) {
    if (component == "..")
      throw FileError("open the directory", (path_ / relative).native(), EXDEV);
    if (!component.empty() && component != ".") opened = opened.open_directory(component);
  }
  return opened;
}

std::optional<Descriptor> Directory::open_regular_file(const fs::path& name) const {
  Descriptor file(openat(descriptor_.get(), name.c_str(),
                         O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file && errno == ENOENT) return std::nullopt;
  if (!file) throw FileError("open", (path_ / name).native(), errno);
  if (status_of(file, path_ / name).type != FileType::kRegular) {
    throw FileError("read", (path_ / name).native(), EINVAL);
  }
  return file;
}

std::vector<std::string> Directory::list() const {
  // A stream moves the position of its descriptor, so it gets one of its own.
  Descriptor own(openat(descriptor_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!own) throw FileError("list", path_.native(), errno);
  std::vector<std::string> names = list_names(open_stream(std::move(own), path_), path_);
  std::ranges::sort(names);
  return names;
}

fs::path Directory::read_link(const fs::path& name) const {
  std::string target(PATH_MAX, '\0');
  const ssize_t length = readlinkat(descriptor_.get(), name.c_str(), target.data(), target.size());
  if (length < 0) throw FileError("read the link", (path_ / name).native(), errno);
  target.resize(static_cast<std::size_t>(length));
  return target;
}

bool Directory::remove_empty_directory(const fs::path& name) const {
  if (unlinkat(descriptor_.get(), name.c_str(), AT_REMOVEDIR) == 0) return true;
  if (errno == ENOENT || errno == ENOTEMPTY || errno == EEXIST) return false;
  throw FileError("remove the directory", (path_ / name).native(), errno);
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
  const Descriptor from = open_file(source, O_RDONLY);
  const Descriptor to(openat(descriptor_.get(), name.c_str(),
                             O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!to) throw FileError("create the file", (path_ / name).native(), errno);
  if (copy_in_kernel(from.get(), to.get(), path_ / name)) return;
  write_all(to.get(), read_all(from.get(), source), path_ / name);
}

void Directory::rename(const fs::path& name, const fs::path& new_path) const {
  if (renameat(descriptor_.get(), name.c_str(), AT_FDCWD, new_path.c_str()) != 0) {
    throw FileError("move into place", new_path.native(), errno);
  }
}

void Directory::remove_tree(const fs::path& name) const {
  TreeRemoval().remove(descriptor_.get(), name, path_ / name);
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

void remove_tree(const fs::path& path) { TreeRemoval().remove(AT_FDCWD, path, path); }

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
