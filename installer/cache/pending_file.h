#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string_view>

#include "installer/base/files.h"

namespace ensure::cache {

namespace fs = std::filesystem;

/// A file of the cache that is being written, under a temporary name. Nothing here throws: where
/// the disk is full, the file is not kept, and the work goes on without.
class PendingFile {
 public:
  /// Creates the temporary file `name` in `folder`; `is_good` tells whether that worked.
  PendingFile(const base::Directory& folder, std::string name, fs::path destination);
  /// Removes the file unless it has been kept.
  ~PendingFile();
  PendingFile(const PendingFile&) = delete;
  PendingFile& operator=(const PendingFile&) = delete;

  /// Writes at an offset in bytes; several threads may do so at a time.
  void write_at(std::uint64_t offset, std::string_view bytes);

  /// Whether everything could be written so far.
  [[nodiscard]] bool is_good() const { return error_number_ == 0; }

  /// Gives the file its name, in one step; false where something could not be written.
  bool keep();

  /// What went wrong (an `errno` value), or 0.
  [[nodiscard]] int error_number() const { return error_number_; }

 private:
  base::Descriptor file_;
  fs::path temporary_;
  fs::path destination_;
  std::atomic<int> error_number_ = 0;
};

}  // namespace ensure::cache
