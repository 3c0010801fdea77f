#pragma once

#include <vector>

#include "installer/base/files.h"
#include "installer/base/path.h"

/// Moving things into place: renames that are one step, and what must be known before them.
namespace ensure::base {

/// A name in an open folder. The name may be a relative path; only its last component is what is
/// moved, and that is never followed where it is a link.
struct Place {
  const Directory& folder;
  Path name;

  [[nodiscard]] Path path() const { return folder.path() / name; }
};

/// Renames; a file at `to` is replaced.
void rename(const Place& from, const Place& to);

/// Renames; throws `FileError` (EEXIST) where there is anything at `to`.
void rename_to_free_name(const Place& from, const Place& to);

/// Swaps what is at two names in one step; false where the file system cannot do that.
[[nodiscard]] bool exchange_names(const Place& one, const Place& other);

/// Gives the folder `name` the permission bits, the owner and the group of the folder `model`.
void copy_mode_and_owner(const Place& model, const Place& name);

/// Whether a folder is the root of a mount, so that it cannot be renamed.
[[nodiscard]] bool is_mount_point(const Path& path);

/// All mount points, as absolute paths without links; empty if the system does not list them.
[[nodiscard]] std::vector<Path> mount_points();

/// Whether names can be created in and removed from the folder at `path`.
[[nodiscard]] bool is_writable_folder(const Path& path);

enum class Lock {
  kTaken,
  kHeldByOther,
  kUnsupported,  ///< the file system cannot lock that
};

/// Takes the advisory lock of an open folder, which lasts until its descriptor is closed.
[[nodiscard]] Lock try_lock(const Directory& folder);

/// The same for a file that is open for writing: all that NFS can lock.
[[nodiscard]] Lock try_lock_file(const Descriptor& file);

/// Writes the content of a file through to the disk.
void write_through(const Place& file);

/// Flushes the names in a directory to the disk (fsync).
void write_through(const Directory& directory);

}  // namespace ensure::base
