#pragma once

#include <atomic>
#include <string>

#include "installer/base/files.h"
#include "installer/wheel/linkable_wheel.h"
#include "installer/wheel/wheel_source.h"

namespace ensure::install {

/// How the files of one job are shared with the cache, and whether that has failed. Thread-safe.
class FileSharing {
 public:
  explicit FileSharing(wheel::LinkMode mode) : mode_(mode) {}

  [[nodiscard]] wheel::LinkMode mode() const { return mode_; }

  /// Returns false after a failure: a file system that has refused once refuses again.
  [[nodiscard]] bool is_possible() const { return failure_ == 0; }
  /// Notes why a file had to be copied, as an `errno` value.
  void note_failure(int error_number);
  /// The first failure that was noted; 0 if there was none.
  [[nodiscard]] int failure() const { return failure_; }

 private:
  wheel::LinkMode mode_;
  std::atomic<int> failure_ = 0;
};

/// Creates `name` in `directory` as a clone of the origin of `file` or as a link to it. Returns
/// false, with nothing created, if that is impossible, and in the mode `copy`. Makes no hard links
/// if new files get another mode than the cache's 0644 and 0755 because of the umask.
[[nodiscard]] bool make_link(const base::Directory& directory, const std::string& name,
                             const wheel::WheelFile& file, FileSharing& sharing);

/// Makes an empty file share the blocks of content that is aligned to them, in the mode `clone`
/// only; writes the last bytes, less than a block. Returns false, with nothing done, if the file
/// systems cannot do that. Throws `Error` (`kVerification`) if the content is damaged.
[[nodiscard]] bool clone_content(const wheel::CachedContent& content, int file,
                                 FileSharing& sharing);

}  // namespace ensure::install
