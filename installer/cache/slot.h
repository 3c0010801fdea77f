#pragma once

#include <memory>
#include <string>

#include "installer/base/files.h"
#include "installer/base/path.h"

namespace ensure::cache {

/// The temporary name and the final name of an entry of a cache. Both are names in open
/// directories, so exchanging a directory above them has no effect.
struct Slot {
  std::shared_ptr<const base::Directory> temporary;
  std::string temporary_name;
  std::shared_ptr<const base::Directory> bucket;
  std::string name;

  [[nodiscard]] base::Path temporary_path() const { return temporary->path() / temporary_name; }
  [[nodiscard]] base::Path path() const { return bucket->path() / name; }

  /// Renames the entry to its final name. Returns false, with `errno` set, on failure.
  [[nodiscard]] bool move_into_place() const;
};

}  // namespace ensure::cache
