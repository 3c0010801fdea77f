#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/base/path.h"

/// The file system. Everything opened here is close-on-exec (PEP 446), and every failure is a
/// `FileError` that names the path.
namespace ensure::base {

/// Owns an open file descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  Descriptor(Descriptor&& other) noexcept : descriptor_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    reset(other.release());
    return *this;
  }
  ~Descriptor() { reset(); }

  [[nodiscard]] int get() const { return descriptor_; }
  [[nodiscard]] explicit operator bool() const { return descriptor_ >= 0; }
  void reset(int descriptor = -1);
  [[nodiscard]] int release();

 private:
  int descriptor_ = -1;
};

/// The permissions of a new file or directory. The umask takes away from them.
enum class Permissions : std::uint8_t {
  kPrivate,      ///< for its owner alone: 0600, directories 0700
  kOwnerWrites,  ///< others can only read: 0644, directories 0755
  kPlain,        ///< 0666, directories 0777
  kExecutable,   ///< 0777
};

/// How many files this process may have open at a time (`ulimit -n`).
[[nodiscard]] std::size_t most_open_files();

enum class FileType { kRegular, kDirectory, kLink, kOther };

struct FileStatus {
  FileType type;
  std::uint32_t mode;  ///< the permission bits
  std::uint64_t size;  ///< in bytes
  std::uint64_t device;
  std::uint64_t inode;
  std::uint64_t owner;
  std::uint64_t links;    ///< hard links to the file
  std::int64_t modified;  ///< when the content changed last, in nanoseconds since 1970 (st_mtim)
  std::int64_t changed;   ///< when content or attributes changed last, likewise (st_ctim)

  [[nodiscard]] bool is_executable_file() const {
    return type == FileType::kRegular && (mode & 0111U) != 0;
  }
  /// Whether only this user (or root) can have written it: owned by the effective user, and not
  /// writable by its group or by others.
  [[nodiscard]] bool is_private() const;
  [[nodiscard]] bool belongs_to_this_user() const;
  /// Whether it belongs to this user or to root.
  [[nodiscard]] bool is_own() const;
  /// Whether both are one file, not merely equal ones.
  [[nodiscard]] bool same_file(const FileStatus& other) const {
    return device == other.device && inode == other.inode;
  }
};

/// The status of the file at `path`; follows links. Returns nullopt if no file exists there, or if
/// a link leads to none.
[[nodiscard]] std::optional<FileStatus> file_status(const Path& path);

/// Like `file_status`, but does not follow a link in the last component.
[[nodiscard]] std::optional<FileStatus> link_status(const Path& path);

/// Opens with O_CLOEXEC added to `flags` (of open(2)).
[[nodiscard]] Descriptor open_file(const Path& path, int flags, mode_t mode = 0);

/// The most bytes that are read from a file: more than any valid file of its kind has. A larger
/// file is an error, so that no file of another user can fill the memory.
inline constexpr std::uint64_t kSmallText = std::uint64_t{1} << 20U;   ///< settings, marker files
inline constexpr std::uint64_t kLargeText = std::uint64_t{64} << 20U;  ///< lists, pages, scripts
inline constexpr std::uint64_t kLargestArchive = std::uint64_t{16} << 30U;

/// Opens a regular file for reading; follows links. Throws `FileError` for a pipe or a device,
/// which another user may have put there, and never waits for a writer. The null device counts as
/// an empty file.
[[nodiscard]] Descriptor open_regular_file(const Path& path);

/// The whole content of a regular file (`open_regular_file`).
[[nodiscard]] std::string read_file(const Path& path, std::uint64_t limit = kLargeText);

/// Like `read_file`; nullopt if no file exists at `path`.
[[nodiscard]] std::optional<std::string> read_file_if_exists(const Path& path,
                                                             std::uint64_t limit = kLargeText);

/// The whole content of an open file (`open_regular_file`); `path` only names it in errors.
[[nodiscard]] std::string read_file(const Descriptor& file, const Path& path,
                                    std::uint64_t limit = kLargeText);

/// Reads to the end of a file, pipe, terminal or device that the user has named, such as
/// `/dev/fd/63`. Waits for the writer, until a signal ends the program (`check_interrupt`).
[[nodiscard]] std::string read_stream(const Path& path, std::uint64_t limit = kLargeText);

/// Like `read_stream`, from descriptor 0.
[[nodiscard]] std::string read_standard_input(std::uint64_t limit = kLargeText);

/// The status of an open file.
[[nodiscard]] FileStatus status_of(const Descriptor& file, const Path& shown);

/// An open file that this process reads or writes. Every function throws `FileError`, with the path
/// of the file, unless it says otherwise.
class File {
 public:
  /// No file.
  File() = default;

  /// Opens a regular file for reading; follows links. Throws for a pipe or a device, which another
  /// user may have put there, and never waits for a writer. The null device counts as an empty
  /// file.
  [[nodiscard]] static File open_for_reading(const Path& path);

  /// Opens a file, pipe or device that the user has named, for writing, and empties it; creates a
  /// file if none exists. Follows links.
  [[nodiscard]] static File open_for_output(const Path& path);

  /// Opens a file without a name, for reading and writing, in the file system of `directory`. It
  /// disappears when it is closed, even if the process is killed. Returns no file if the file
  /// system does not support that. Does not throw.
  [[nodiscard]] static File create_unnamed(const Path& directory) noexcept;

  [[nodiscard]] explicit operator bool() const { return static_cast<bool>(descriptor_); }
  /// The path that it was opened with.
  [[nodiscard]] const Path& path() const { return path_; }
  [[nodiscard]] FileStatus status() const;

  /// Reads exactly `size` bytes, beginning at `offset`; an earlier end of the file is an error.
  /// Thread-safe.
  void read_at(std::uint64_t offset, char* bytes, std::size_t size) const;
  /// The whole content of a regular file; throws if it has more than `limit` bytes.
  [[nodiscard]] std::string read(std::uint64_t limit = kLargeText) const;

  /// Writes after the bytes that were written before.
  void write(std::string_view bytes) const;
  /// Writes at an offset in bytes. Thread-safe.
  void write_at(std::uint64_t offset, std::string_view bytes) const;
  /// Shares blocks of `source` with this empty file instead of copying them; the next `write`
  /// continues behind them. `offset` and `size` must be multiples of the file system's block size.
  void clone_range(const File& source, std::uint64_t offset, std::uint64_t size) const;
  /// Sets the time of last change to now, if the file allows it. Does not throw.
  void set_changed_now() const noexcept;
  void close() { descriptor_.reset(); }

 private:
  friend class Directory;
  friend struct NativeFile;
  File(Descriptor descriptor, Path path)
      : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

  Descriptor descriptor_;
  Path path_;
};

/// Writes all of `bytes`; `path` only names the file in errors.
void write_all(int descriptor, std::string_view bytes, const Path& path);

/// The absolute form of `path` as Python's `os.path.abspath` makes it: "." and ".." removed by
/// text, links kept. Throws if `path` is relative and the current directory no longer exists.
[[nodiscard]] Path absolute_path(const Path& path);

/// The current directory; nullopt if it has been removed.
[[nodiscard]] std::optional<Path> current_directory();

/// The target of the link at `path`; nullopt if it is not a link or cannot be read.
[[nodiscard]] std::optional<Path> read_link(const Path& path);

/// `path` with all links resolved; nullopt if it does not exist.
[[nodiscard]] std::optional<Path> real_path(const Path& path);

class Directory;

/// The names in a directory except "." and "..", sorted.
[[nodiscard]] std::vector<std::string> list_directory(const Path& path);

/// Owns a part of memory that maps the content of a file.
class FileMapping {
 public:
  enum class Access : std::uint8_t { kRead, kReadAndExecute };

  /// Shows no bytes.
  FileMapping() = default;
  /// Maps the first `size` bytes of an open file, at least one. Returns nullopt where the system
  /// refuses that; `errno` says why.
  [[nodiscard]] static std::optional<FileMapping> try_map(const Descriptor& file, std::size_t size,
                                                          Access access);
  /// Maps the first `size` bytes of an open file, at least one. Returns nullopt if the system
  /// refuses that.
  [[nodiscard]] static std::optional<FileMapping> try_map(const File& file, std::size_t size);
  ~FileMapping();
  FileMapping(FileMapping&& other) noexcept;
  FileMapping& operator=(FileMapping&& other) noexcept;

  [[nodiscard]] std::string_view bytes() const { return {static_cast<const char*>(data_), size_}; }

  /// Gives back the memory of a part of a mapping, as far as it covers whole pages. Bytes that are
  /// used again are read from the file again. Does not throw.
  static void release(std::string_view part) noexcept;

 private:
  FileMapping(void* data, std::size_t size) : data_(data), size_(size) {}

  void* data_ = nullptr;
  std::size_t size_ = 0;
};

/// A regular file (`open_regular_file`) mapped into memory, read-only.
class MappedFile {
 public:
  explicit MappedFile(const Path& path, std::uint64_t limit = kLargestArchive);
  /// Maps the open file; `path` only names it in errors.
  MappedFile(const Descriptor& file, const Path& path, std::uint64_t limit = kLargestArchive);
  explicit MappedFile(const File& file, std::uint64_t limit = kLargestArchive);

  [[nodiscard]] std::string_view bytes() const { return mapping_.bytes(); }

 private:
  FileMapping mapping_;
};

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

  /// Opens a regular file for reading, without waiting for a writer and without following a link.
  /// Returns nullopt if `name` does not exist; throws `FileError` if it is not a regular file.
  [[nodiscard]] std::optional<Descriptor> open_regular_file(const Path& name) const;

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
  [[nodiscard]] std::optional<Path> try_read_link(const Path& name) const;

  /// The target and the status of the link `name`, both of the same link even if it is replaced
  /// meanwhile; nullopt if it is not a link or does not exist.
  [[nodiscard]] std::optional<LinkStatus> examine_link(const Path& name) const;

  /// Where the link `name` leads.
  [[nodiscard]] Path read_link(const Path& name) const;

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
  Directory create_directory(const Path& name, Permissions permissions) const;

  /// Creates a file with this content; an existing one is an error.
  void write_file(const Path& name, std::string_view content, Permissions permissions) const;

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

  /// Creates a directory with the permissions `mode` less the umask, and opens it.
  Directory create_directory(const Path& name, mode_t mode = 0777) const;

  /// Creates a file with the permissions `mode` less the umask.
  void write_file(const Path& name, std::string_view content, mode_t mode = 0666) const;

  void create_link(const Path& name, const Path& target) const;

  /// Creates a file with the content of the one at `source` (links followed) and the permissions
  /// `mode` less the umask. The file system shares or copies the bytes itself where it can.
  void copy_file(const Path& name, const Path& source, mode_t mode = 0666) const;
  void copy_file(const Path& name, const Path& source, Permissions permissions) const;

  /// Creates `name` as a hard link to the file or link `source` in `from`. Copies it instead across
  /// file systems, or if the file system has no hard links.
  void link_or_copy(const Path& name, const Directory& from, const Path& source) const;

  /// Renames; `name` must not exist there yet unless it is an empty directory and a directory is
  /// renamed.
  void rename(const Path& name, const Path& new_path) const;

  /// Removes a file, a link or a whole directory, if it exists.
  void remove_tree(const Path& name) const;

  [[nodiscard]] std::optional<FileStatus> link_status(const Path& name) const;
  [[nodiscard]] FileStatus status() const;

  [[nodiscard]] int descriptor() const { return descriptor_.get(); }
  /// Where the directory was when it was opened.
  [[nodiscard]] const Path& path() const { return path_; }

 private:
  friend struct NativeFile;
  Directory(Descriptor descriptor, Path path);
  [[nodiscard]] Directory open_step_by_step(const Path& relative) const;

  Descriptor descriptor_;
  Path path_;
};

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
