#pragma once

#include <filesystem>
#include <optional>

#include "installer/base/files.h"

/// Who could have written what is in a cache.
///
/// An entry is used only if nobody but the caller and root can have written it: the entry and its
/// bucket belong to one of them, and neither the group nor others may write to them. So it needs no
/// digest, and its checksum finds damage, not intent.
namespace ensure::cache {

namespace fs = std::filesystem;

/// Whether it belongs to the caller or root.
[[nodiscard]] bool is_own(const base::FileStatus& status);

/// Whether it is the caller's or root's, and nobody else may write to it.
[[nodiscard]] bool is_private(const base::FileStatus& status);

/// Whether other users may rename and replace what is in the directory.
[[nodiscard]] bool is_replaceable(const base::FileStatus& directory);

/// Opens the directory of a cache, which may be reached through links, as the user has named it;
/// nullopt where it does not exist. Throws `Error` (`kFileSystem`) where it is another user's.
[[nodiscard]] std::optional<base::Directory> open_root(const fs::path& path);

/// Opens a bucket; nullopt where it does not exist. Throws `Error` (`kFileSystem`) where it is a
/// link, not a directory, or another user's.
[[nodiscard]] std::optional<base::Directory> open_bucket(const base::Directory& root,
                                                         const fs::path& name);

}  // namespace ensure::cache
