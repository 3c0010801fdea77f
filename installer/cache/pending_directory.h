#pragma once

#include <filesystem>
#include <memory>

#include "installer/base/files.h"
#include "installer/cache/problem.h"
#include "installer/cache/slot.h"

namespace ensure::cache {

namespace fs = std::filesystem;

/// A folder of the cache that is being filled, under a temporary name.
class PendingFolder {
 public:
  /// Creates the directory under the temporary name of the slot. Throws `FileError`.
  PendingFolder(Slot slot, std::shared_ptr<Problem> problem);
  /// Removes the folder unless it has been kept.
  ~PendingFolder();
  PendingFolder(const PendingFolder&) = delete;
  PendingFolder& operator=(const PendingFolder&) = delete;

  [[nodiscard]] const base::Directory& folder() const { return folder_; }
  /// Where it will be.
  [[nodiscard]] fs::path destination() const { return slot_.path(); }

  /// Notes that something could not be written.
  void give_up(const base::Error& error) const { problem_->note(error); }

  /// Gives the folder its name, in one step. False where that cannot be done; another process may
  /// have been faster, and then its folder is as good.
  bool keep();

 private:
  Slot slot_;
  base::Directory folder_;
  std::shared_ptr<Problem> problem_;
  bool kept_ = false;
};

}  // namespace ensure::cache
