#pragma once

#include <optional>

#include "installer/base/directory.h"
#include "installer/base/file.h"

namespace ensure::install {

/// The lock of a staging directory: a lock of the directory itself or, on network file systems that
/// lock only files that are open for writing, of a file in it. It ends with the process that holds
/// it.
class DirectoryLock {
 public:
  static constexpr const char* kFile = "lock";

  /// Returns nullopt if another process holds the lock. Throws `Error` (`kFileSystem`) if the file
  /// system has no locks at all.
  [[nodiscard]] static std::optional<DirectoryLock> try_take(const base::Directory& directory);

  /// Whether the directory still has its name in `parent`, and still contains the lock file if
  /// there is one: the previous holder of the lock may have removed them.
  [[nodiscard]] bool is_of_current(const base::Directory& parent,
                                   const base::Directory& directory) const;

  /// Removes the lock file before the directory is removed. This ends the lock of the file, because
  /// NFS keeps a removed file that is open; the lock of a directory is held on.
  void remove_file(const base::Directory& directory);

  /// Whether another process may take the lock after `remove_file`.
  [[nodiscard]] bool is_by_file() const { return is_by_file_; }

 private:
  base::File file_;
  bool is_by_file_ = false;
};

}  // namespace ensure::install
