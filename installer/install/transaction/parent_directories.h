#pragma once

#include <cstddef>
#include <filesystem>

#include "installer/base/files.h"

namespace ensure::install {

namespace fs = std::filesystem;

/// The parent directory of a staging directory. Creates it and the missing directories above it,
/// and removes them again unless they are kept. Follows no links.
class ParentDirectories {
 public:
  /// `lowest` is absolute and free of links, as far as it exists.
  explicit ParentDirectories(const fs::path& lowest) : lowest_(lowest), deepest_(lowest) {}
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
  void take_over(std::size_t count);

  void keep() { created_ = 0; }

 private:
  fs::path lowest_;
  fs::path deepest_;  ///< the lowest of the created directories
  std::size_t created_ = 0;
};

}  // namespace ensure::install
