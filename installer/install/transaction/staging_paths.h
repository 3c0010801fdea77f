#pragma once

#include <array>
#include <filesystem>
#include <string>

#include "installer/base/error.h"

namespace ensure::install {

namespace fs = std::filesystem;

/// The staging directory for the change of a resolved `target`: the hidden sibling `.NAME.ensure`,
/// so that one rename replaces the target. It is the one inside the target if the target cannot be
/// renamed (it is a mount point, or its parent directory is not writable) or should keep its inode
/// (it holds the current directory).
[[nodiscard]] fs::path staging_path_for(const fs::path& target);

/// The staging directory inside `target`: for a directory that is changed but never replaced, such
/// as the site-packages directory of an interpreter.
[[nodiscard]] fs::path staging_path_inside(const fs::path& target);

/// Both staging directories of `target`: a killed run may have used either.
[[nodiscard]] std::array<fs::path, 2> staging_paths_of(const fs::path& target);

/// The name of further staging directories, on other file systems, of the transaction that is
/// staged at `primary`.
[[nodiscard]] std::string further_staging_name(const fs::path& primary);

/// The error (`kFileSystem`) for a staging directory that this program has not created, or that
/// another user could have changed since. Its hint is the command that removes it.
[[nodiscard]] base::Error not_ours(const fs::path& path, const std::string& reason);

}  // namespace ensure::install
