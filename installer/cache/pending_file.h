#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>

#include "installer/base/files.h"
#include "installer/base/path.h"
#include "installer/cache/problem.h"
#include "installer/cache/slot.h"

namespace ensure::cache {

/// A file of the cache that is being written, under a temporary name. Nothing here throws: where
/// the disk is full, the file is not kept, and the work goes on without.
class PendingFile {
 public:
  /// Creates the file under the temporary name of the slot. Notes failures in `problem`.
  PendingFile(Slot slot, std::shared_ptr<Problem> problem);
  /// Removes the file unless it has been kept.
  ~PendingFile();
  PendingFile(const PendingFile&) = delete;
  PendingFile& operator=(const PendingFile&) = delete;

  /// Writes at an offset in bytes; several threads may do so at a time.
  void write_at(std::uint64_t offset, std::string_view bytes);

  /// Whether everything could be written so far.
  [[nodiscard]] bool is_good() const { return good_; }

  /// Gives the file its name, in one step; false where something could not be written.
  bool keep();

 private:
  void fail(std::string_view action, const base::Path& path, int error_number);

  Slot slot_;
  std::shared_ptr<Problem> problem_;
  base::Descriptor file_;
  std::atomic<bool> good_ = true;
  bool kept_ = false;
};

}  // namespace ensure::cache
