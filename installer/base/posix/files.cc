#include "installer/base/files.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <limits>
#include <memory>
#include <ranges>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/posix/system_calls.h"

namespace ensure::base {

namespace {

/// Whether each file has blocks of its own. Others pack, compress or report what is no unit of
/// storage, such as NFS its transfer size.
bool keeps_whole_blocks(const struct statfs& kind) {
  const auto type = static_cast<std::uint64_t>(kind.f_type);
  return type == EXT4_SUPER_MAGIC || type == XFS_SUPER_MAGIC || type == TMPFS_MAGIC;
}

/// fstatat(2); nullopt if `name` does not exist.
std::optional<FileStatus> status_at(int directory, const Path& name, int flags, const Path& shown) {
  struct stat raw{};
  if (fstatat(directory, name.c_str(), &raw, flags) == 0) return from_stat(raw);
  if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
  throw FileError("examine", shown.text(), errno);
}

}  // namespace

bool FileStatus::is_private() const { return owner == geteuid() && (mode & 022U) == 0; }

bool FileStatus::is_own() const { return owner == 0 || owner == geteuid(); }

void Descriptor::reset(int descriptor) {
  if (descriptor_ >= 0) close(descriptor_);
  descriptor_ = descriptor;
}

int Descriptor::release() { return std::exchange(descriptor_, -1); }

std::optional<FileStatus> file_status(const Path& path) {
  return status_at(AT_FDCWD, path, 0, path);
}

std::optional<FileStatus> link_status(const Path& path) {
  return status_at(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, path);
}

FileStatus status_of(const Descriptor& file, const Path& shown) {
  struct stat raw{};
  if (fstat(file.get(), &raw) != 0) throw FileError("examine", shown.text(), errno);
  return from_stat(raw);
}

void write_all(int descriptor, std::string_view bytes, const Path& path) {
  if (!write_fully(descriptor, bytes)) throw FileError("write", path.text(), errno);
}

std::optional<Path> current_directory() {
  const std::unique_ptr<char, decltype(&std::free)> name(getcwd(nullptr, 0), &std::free);
  // The kernel names a removed directory by a relative path, or refuses.
  return name && *name == '/' ? std::optional(Path(name.get())) : std::nullopt;
}

std::optional<Path> read_link(const Path& path) {
  std::string target(PATH_MAX, '\0');
  const ssize_t length = readlink(path.c_str(), target.data(), target.size());
  if (length < 0) return std::nullopt;
  target.resize(static_cast<std::size_t>(length));
  return target;
}

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
  std::vector<std::string> names =
      list_names(open_stream(open_file(path, O_RDONLY | O_DIRECTORY), path), path);
  std::ranges::sort(names);
  return names;
}

std::optional<Path> make_directories(const Path& path) {
  if (path.empty() || file_status(path)) return std::nullopt;
  std::optional<Path> above = make_directories(path.parent_path());
  if (mkdir(path.c_str(), 0777) == 0) return above ? above : path;
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
      } else if (status && utimensat(current.descriptor(), name.c_str(), times.data(),
                                     AT_SYMLINK_NOFOLLOW) != 0) {
        throw FileError("set the time of", (current.path() / name).text(), errno);
      }
    }
  }
  for (const Path& path : std::ranges::reverse_view(directories)) {
    const Directory current = directory.open_below(path);
    if (futimens(current.descriptor(), times.data()) == 0) continue;
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
