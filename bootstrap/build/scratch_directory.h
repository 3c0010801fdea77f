#pragma once

#include "installer/base/directory.h"
#include "installer/base/path.h"
#include "installer/cache/cache.h"
#include "installer/install/transaction/staging.h"

namespace ensure::build {

/// A temporary directory that the destructor removes with its content. It is in the cache, or
/// without a cache at a path beside the target. Removes first what killed processes have left.
class ScratchDirectory {
 public:
  /// Throws `base::Error` (`kFileSystem`) if it cannot be created.
  ScratchDirectory(const cache::Cache& cache, const base::Path& beside);
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  [[nodiscard]] const base::Directory& directory() const { return staging_.staged(); }

 private:
  install::Staging staging_;
};

}  // namespace ensure::build
