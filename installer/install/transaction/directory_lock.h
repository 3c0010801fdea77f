#pragma once

#include <optional>

#include "installer/base/files.h"

namespace ensure::install {

/// The lock of a staging directory: a lock of the directory itself or, on network file systems that
/// lock only what is open for writing, of a file in it. It ends with the process that holds it.
class DirectoryLock {
 public:
  static constexpr const char* kFile = "lock";

  /// None where another process holds the lock. Throws `Error` (`kFileSystem`) where the file
  /// system has no locks at all.
  [[nodiscard]] static std::optional<DirectoryLock> try_take(const base::Directory& directory);

  /// Whether the directory still has its name in `parent`, and still contains the lock file if
  /// there is one: the previous holder of the lock may have removed them.
  [[nodiscard]] bool is_of_current(const base::Directory& parent,
                                   const base::Directory& directory) const;

  /// Before the directory is removed: removes the file in it. The lock of a file ends by that,
  /// because NFS keeps a removed file that is open; that of a directory is held on.
  void remove_file(const base::Directory& directory);

  /// Whether there may be another holder after `remove_file`.
  [[nodiscard]] bool is_by_file() const { return is_by_file_; }

 private:
  base::Descriptor file_;
  bool is_by_file_ = false;
};

}  // namespace ensure::install
