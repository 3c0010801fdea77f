#pragma once

#include "installer/base/files.h"
#include "installer/base/path.h"
#include "installer/cache/cache.h"
#include "installer/install/transaction/staging.h"

namespace ensure::build {

/// A folder that is removed with everything in it when this goes, whatever happens: in the cache,
/// or where there is none at a path beside the target. What a killed process has left is removed
/// by the next one that needs such a folder.
class ThrowAwayFolder {
 public:
  /// Throws `base::Error` (`kFileSystem`) where it can be made nowhere.
  ThrowAwayFolder(const cache::Cache& cache, const base::Path& beside);
  ~ThrowAwayFolder();
  ThrowAwayFolder(const ThrowAwayFolder&) = delete;
  ThrowAwayFolder& operator=(const ThrowAwayFolder&) = delete;

  [[nodiscard]] const base::Directory& folder() const { return staging_.staged(); }

 private:
  install::Staging staging_;
};

}  // namespace ensure::build
