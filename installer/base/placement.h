#pragma once

#include <optional>
#include <vector>

#include "installer/base/files.h"
#include "installer/base/path.h"

/// Moves files and directories into place by atomic renames.
namespace ensure::base {

/// A name in an open directory. The name may be a relative path; its last component is moved, and
/// never followed if it is a link.
struct DirectoryEntry {
  const Directory& directory;
  Path name;

  [[nodiscard]] Path path() const { return directory.path() / name; }
};

/// Renames; a file at `to` is replaced.
void rename(const DirectoryEntry& from, const DirectoryEntry& to);

/// Renames; throws `FileError` (EEXIST) if `to` exists.
void rename_to_free_name(const DirectoryEntry& from, const DirectoryEntry& to);

/// Renames unless `to` exists. Returns false, with nothing changed, on any failure. Does not throw.
[[nodiscard]] bool try_rename_to_free_name(const DirectoryEntry& from,
                                           const DirectoryEntry& to) noexcept;

/// Exchanges two entries in one step. Returns false if the file system cannot do that.
[[nodiscard]] bool exchange_names(const DirectoryEntry& one, const DirectoryEntry& other);

/// Gives the directory `name` the permission bits, the owner and the group of the directory
/// `model`.
void copy_mode_and_owner(const DirectoryEntry& model, const DirectoryEntry& name);

/// Whether a directory is the root of a mount, so that it cannot be renamed.
[[nodiscard]] bool is_mount_point(const Path& path);

/// All mount points, as absolute paths without links; empty if the system does not list them.
[[nodiscard]] std::vector<Path> mount_points();

/// Whether names can be created in and removed from the directory at `path`.
[[nodiscard]] bool is_writable_directory(const Path& path);

enum class Lock {
  kTaken,
  kHeldByOther,
  kUnsupported,  ///< the file system cannot lock that
};

/// Takes the advisory lock of an open directory, which lasts until its descriptor is closed.
[[nodiscard]] Lock try_lock(const Directory& directory);

/// Like `try_lock`, for a file that is open for writing: NFS can lock nothing else.
[[nodiscard]] Lock try_lock_file(const Descriptor& file);
[[nodiscard]] Lock try_lock_file(const File& file);

/// Opens the lock file `name` in a directory for `try_lock_file`, or creates it for this user
/// alone. Returns nullopt if the directory has been removed meanwhile.
[[nodiscard]] std::optional<File> open_lock_file(const Directory& directory, const Path& name);

/// Flushes the content of a file to the disk (fsync).
void write_through(const DirectoryEntry& file);

/// Flushes the names in a directory to the disk (fsync).
void write_through(const Directory& directory);

}  // namespace ensure::base
