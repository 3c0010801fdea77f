#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "installer/base/files.h"

namespace ensure::cache {

namespace fs = std::filesystem;

/// Where an entry of a cache is written, and what it becomes: names in two open directories, so
/// that whoever can exchange directories above them leads nothing elsewhere.
struct Slot {
  std::shared_ptr<const base::Directory> temporary;
  std::string temporary_name;
  std::shared_ptr<const base::Directory> bucket;
  std::string name;

  [[nodiscard]] fs::path temporary_path() const { return temporary->path() / temporary_name; }
  [[nodiscard]] fs::path path() const { return bucket->path() / name; }

  /// Gives the entry its name, in one step; false, with `errno` set, where that fails.
  [[nodiscard]] bool move_into_place() const;
};

}  // namespace ensure::cache
