#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "installer/base/path.h"
#include "installer/base/posix/descriptor.h"

/// Files. Everything opened here is close-on-exec (PEP 446), and every failure is a `FileError`
/// that names the path.
namespace ensure::base {

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

/// The most bytes that are read from a file: more than any valid file of its kind has. A larger
/// file is an error, so that no file of another user can fill the memory.
inline constexpr std::uint64_t kSmallText = std::uint64_t{1} << 20U;   ///< settings, marker files
inline constexpr std::uint64_t kLargeText = std::uint64_t{64} << 20U;  ///< lists, pages, scripts
inline constexpr std::uint64_t kLargestArchive = std::uint64_t{16} << 30U;

/// The whole content of a regular file (`File::open_for_reading`).
[[nodiscard]] std::string read_file(const Path& path, std::uint64_t limit = kLargeText);

/// Like `read_file`; nullopt if no file exists at `path`.
[[nodiscard]] std::optional<std::string> read_file_if_exists(const Path& path,
                                                             std::uint64_t limit = kLargeText);

/// Reads to the end of a file, pipe, terminal or device that the user has named, such as
/// `/dev/fd/63`. Waits for the writer, until a signal ends the program (`check_interrupt`).
[[nodiscard]] std::string read_stream(const Path& path, std::uint64_t limit = kLargeText);

/// Like `read_stream`, from descriptor 0.
[[nodiscard]] std::string read_standard_input(std::uint64_t limit = kLargeText);

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
  friend class MappedFile;
  friend struct NativeFile;
  File(Descriptor descriptor, Path path)
      : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

  Descriptor descriptor_;
  Path path_;
};

/// The content of a regular file, mapped into memory, read-only.
class MappedFile {
 public:
  /// Shows no bytes.
  MappedFile() = default;
  /// Throws `FileError`, also if the file has more than `limit` bytes.
  explicit MappedFile(const File& file, std::uint64_t limit = kLargestArchive);
  explicit MappedFile(const Path& path, std::uint64_t limit = kLargestArchive)
      : MappedFile(File::open_for_reading(path), limit) {}
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;

  [[nodiscard]] std::string_view bytes() const { return {static_cast<const char*>(data_), size_}; }

  /// Gives back the memory of a part of a mapping, as far as it covers whole pages. Bytes that are
  /// used again are read from the file again. Does not throw.
  static void release(std::string_view part) noexcept;

 private:
  void* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace ensure::base
