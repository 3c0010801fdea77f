#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/base/file.h"
#include "installer/base/path.h"
#include "installer/base/posix/descriptor.h"

/// Directories, and what concerns paths as a whole. Failures are `FileError`.
namespace ensure::base {

struct LinkStatus {
  Path target;
  FileStatus status;  ///< of the link itself
};

/// An open directory. Names are single components or relative paths. Opening and creating never
/// follow a link in the last component, and never overwrite an existing file.
class Directory {
 public:
  /// Opens the directory at `path`, whose last component must not be a link.
  static Directory open(const Path& path);

  /// Like `open`, but no component may be a link: for a path whose links have been resolved before,
  /// so that a link that was put there since is refused (not before Linux 5.6).
  static Directory open_resolved(const Path& path);

  [[nodiscard]] Directory open_directory(const Path& name) const;

  /// Opens the directory at `relative`, which may have several components or none. No component is
  /// a link or "..", even if somebody exchanges it meanwhile; throws `FileError` if one is.
  [[nodiscard]] Directory open_below(const Path& relative) const;

  enum class Access : std::uint8_t { kRead, kReadAndWrite };
  /// Opens a regular file, without waiting for a writer and without following a link. Returns
  /// nullopt if `name` does not exist; throws `FileError` if it is not a regular file.
  [[nodiscard]] std::optional<File> open_file(const Path& name,
                                              Access access = Access::kRead) const;

  /// Creates a file and opens it for writing; an existing one is an error.
  [[nodiscard]] File create_file(const Path& name, Permissions permissions) const;

  /// The names in the directory except "." and "..", sorted.
  [[nodiscard]] std::vector<std::string> list() const;

  /// Where the link `name` leads; nullopt if it is not a link or does not exist.
  [[nodiscard]] std::optional<Path> read_link(const Path& name) const;

  /// The target and the status of the link `name`, both of the same link even if it is replaced
  /// meanwhile; nullopt if it is not a link or does not exist.
  [[nodiscard]] std::optional<LinkStatus> examine_link(const Path& name) const;

  /// Removes the directory `name`. Returns false if it is not empty, or does not exist.
  [[nodiscard]] bool remove_empty_directory(const Path& name) const;

  /// Removes a file or a link. Returns false if that fails. Does not throw.
  bool remove_file(const Path& name) const noexcept;

  /// A text that differs for every copy of this directory: its inode number and its time of birth
  /// (or its device, if the file system stores no birth time). Unpacking an archive cannot
  /// reproduce it.
  [[nodiscard]] std::string identity() const;

  /// Creates a directory. Returns false if the name exists already, whatever it is.
  bool make_directory(const Path& name, Permissions permissions = Permissions::kPlain) const;

  /// Creates a directory and opens it; an existing one is an error.
  Directory create_directory(const Path& name, Permissions permissions = Permissions::kPlain) const;

  /// Creates a file with this content; an existing one is an error.
  void write_file(const Path& name, std::string_view content,
                  Permissions permissions = Permissions::kPlain) const;

  /// Creates `name` as a hard link to the file `source` in `from`.
  void hard_link(const Path& name, const Directory& from, const Path& source) const;

  /// Creates `name` as a file that shares its blocks with the file `source` in `from`. It is
  /// executable if `source` is; the umask takes away from its permissions.
  void clone_file(const Path& name, const Directory& from, const Path& source) const;

  /// Sets the permission bits of a file, whatever the umask is.
  void set_mode(const Path& name, std::uint32_t mode) const;

  /// Sets the time of last change, in nanoseconds since 1970, of a file or link as far as the file
  /// system allows. Does not throw.
  void set_changed(const Path& name, std::int64_t nanoseconds) const noexcept;

  /// Sets the time of last change of this directory to now, likewise.
  void set_changed_now() const noexcept;

  void create_link(const Path& name, const Path& target) const;

  /// Creates a file with the content of the one at `source` (links followed). The file system
  /// shares or copies the bytes itself where it can.
  void copy_file(const Path& name, const Path& source,
                 Permissions permissions = Permissions::kPlain) const;

  /// Creates `name` as a hard link to the file or link `source` in `from`. Copies it instead across
  /// file systems, or if the file system has no hard links.
  void link_or_copy(const Path& name, const Directory& from, const Path& source) const;

  /// Removes a file, a link or a whole directory, if it exists.
  void remove_tree(const Path& name) const;

  [[nodiscard]] std::optional<FileStatus> link_status(const Path& name) const;
  [[nodiscard]] FileStatus status() const;

  /// Where the directory was when it was opened.
  [[nodiscard]] const Path& path() const { return path_; }

 private:
  friend struct NativeFile;
  Directory(Descriptor descriptor, Path path);
  [[nodiscard]] Directory open_step_by_step(const Path& relative) const;

  Descriptor descriptor_;
  Path path_;
};

/// The names in a directory except "." and "..", sorted.
[[nodiscard]] std::vector<std::string> list_directory(const Path& path);

/// The absolute form of `path` as Python's `os.path.abspath` makes it: "." and ".." removed by
/// text, links kept. Throws if `path` is relative and the current directory no longer exists.
[[nodiscard]] Path absolute_path(const Path& path);

/// The current directory; nullopt if it has been removed.
[[nodiscard]] std::optional<Path> current_directory();

/// The target of the link at `path`; nullopt if it is not a link or cannot be read.
[[nodiscard]] std::optional<Path> read_link(const Path& path);

/// `path` with all links resolved; nullopt if it does not exist.
[[nodiscard]] std::optional<Path> real_path(const Path& path);

/// Creates `path` and the directories above it that are missing. Returns the topmost one that was
/// created; nullopt if all existed. If one cannot be created, removes those that were.
std::optional<Path> make_directories(const Path& path,
                                     Permissions permissions = Permissions::kPlain);

/// Removes the directory at `path` if it is empty. Returns whether that succeeded. Does not throw.
bool remove_empty_directory(const Path& path) noexcept;

/// Removes a file, a link or a whole directory, if it exists.
void remove_tree(const Path& path);

/// Sets the time of last change of `directory` and of all below it, links themselves included, to
/// `seconds` after 1970-01-01 UTC (for SOURCE_DATE_EPOCH).
void set_times(const Directory& directory, std::int64_t seconds);

/// The space that this process can still use on a file system. Numbers that the file system does
/// not report are the largest possible ones.
struct AvailableSpace {
  std::uint64_t bytes;
  std::uint64_t files;
  /// A file takes at least its size rounded up to this many bytes; 1 if the file system packs small
  /// files, or is not known.
  std::uint64_t block_size;
};

/// The space on the file system of `path`.
[[nodiscard]] AvailableSpace available_space(const Path& path);

}  // namespace ensure::base
