#pragma once

#include <array>
#include <string>

#include "installer/base/error.h"
#include "installer/base/path.h"

namespace ensure::install {

/// The staging directory for the change of a resolved `target`: the hidden sibling `.NAME.ensure`,
/// so that one rename replaces the target. It is the one inside the target if the target cannot be
/// renamed (it is a mount point, or its parent directory is not writable) or should keep its inode
/// (it holds the current directory).
[[nodiscard]] base::Path staging_path_for(const base::Path& target);

/// The staging directory inside `target`: for a directory that is changed but never replaced, such
/// as the site-packages directory of an interpreter.
[[nodiscard]] base::Path staging_path_inside(const base::Path& target);

/// Both staging directories of `target`: a killed run may have used either.
[[nodiscard]] std::array<base::Path, 2> staging_paths_of(const base::Path& target);

/// The name of further staging directories, on other file systems, of the transaction that is
/// staged at `primary`.
[[nodiscard]] std::string further_staging_name(const base::Path& primary);

/// The error (`kFileSystem`) for a staging directory that this program has not created, or that
/// another user could have changed since. Its hint is the command that removes it.
[[nodiscard]] base::Error not_ours(const base::Path& path, const std::string& reason);

}  // namespace ensure::install
