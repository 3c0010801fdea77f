#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

#include "installer/base/directory.h"
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

/// The parent directory of a staging directory. Creates it and the missing directories above it,
/// and removes them again unless they are kept. Follows no links.
class ParentDirectories {
 public:
  /// `lowest` is absolute and free of links, as far as it exists.
  explicit ParentDirectories(const base::Path& lowest) : lowest_(lowest), deepest_(lowest) {}
  ~ParentDirectories();
  ParentDirectories(const ParentDirectories&) = delete;
  ParentDirectories& operator=(const ParentDirectories&) = delete;

  /// Opens the lowest directory, and creates missing ones. Throws `FileError`.
  [[nodiscard]] base::Directory open();

  /// Whether `opened`, which `open` has returned, still is the lowest directory: another process
  /// may have replaced it meanwhile.
  [[nodiscard]] bool is_lowest(const base::Directory& opened) const;

  /// How many have been created.
  [[nodiscard]] std::size_t created() const { return created_; }

  /// Takes over those that a killed process has created, `count` levels up.
  void take_over(std::size_t count) { created_ = std::max(created_, count); }

  void keep() { created_ = 0; }

 private:
  base::Path lowest_;
  base::Path deepest_;  ///< the lowest of the created directories
  std::size_t created_ = 0;
};

/// The error (`kFileSystem`) for a staging directory that this program has not created, or that
/// another user could have changed since. Its hint is the command that removes it.
[[nodiscard]] base::Error not_ours(const base::Path& path, const std::string& reason);

}  // namespace ensure::install
