#pragma once

#include <optional>

#include "installer/base/files.h"
#include "installer/base/path.h"

/// Decides which files of a cache another user could have written.
///
/// An entry is used only if it and its bucket belong to the caller or root, and neither group nor
/// others may write to them. So a checksum is enough, which finds damage, not manipulation.
namespace ensure::cache {

/// Whether the file belongs to the caller or root.
[[nodiscard]] bool is_own(const base::FileStatus& status);

/// Whether the file belongs to the caller or root, and neither group nor others may write to it.
[[nodiscard]] bool is_private(const base::FileStatus& status);

/// Whether other users may rename and replace the files in the directory.
[[nodiscard]] bool is_replaceable(const base::FileStatus& directory);

/// Opens the directory of a cache. Follows links, because the user has named the path. Returns
/// nullopt if it does not exist; throws `Error` (`kFileSystem`) if it belongs to another user.
[[nodiscard]] std::optional<base::Directory> open_root(const base::Path& path);

/// Opens a bucket. Returns nullopt if it does not exist; throws `Error` (`kFileSystem`) if it is a
/// link, not a directory, or belongs to another user.
[[nodiscard]] std::optional<base::Directory> open_bucket(const base::Directory& root,
                                                         const base::Path& name);

}  // namespace ensure::cache
