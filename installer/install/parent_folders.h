#pragma once

#include <cstddef>
#include <filesystem>

namespace ensure::install {

namespace fs = std::filesystem;

/// The folders above a staging folder: creates those that are missing and, unless they are kept,
/// removes them again.
class ParentFolders {
 public:
  explicit ParentFolders(const fs::path& staging_path);
  ~ParentFolders();
  ParentFolders(const ParentFolders&) = delete;
  ParentFolders& operator=(const ParentFolders&) = delete;

  /// How many have been created.
  [[nodiscard]] std::size_t created() const { return created_; }

  /// Takes over those that a killed process has created, `count` levels up.
  void take_over(std::size_t count);

  void keep() { created_ = 0; }

 private:
  fs::path lowest_;
  std::size_t created_ = 0;
};

}  // namespace ensure::install
