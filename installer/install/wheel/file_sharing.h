#pragma once

#include <atomic>
#include <mutex>
#include <string>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/wheel/linkable_wheel.h"
#include "installer/wheel/wheel_source.h"

namespace ensure::install {

/// How the files of one job are shared with the cache, and whether that has failed. Thread-safe.
class FileSharing {
 public:
  explicit FileSharing(wheel::LinkMode mode) : mode_(mode) {}

  [[nodiscard]] wheel::LinkMode mode() const { return mode_; }

  /// Returns false after a failure: a file system that has refused once refuses again.
  [[nodiscard]] bool is_possible() const { return !has_failed_; }
  /// Notes why a file had to be copied.
  void note_failure(const base::FileError& error);
  /// The system's text for the first failure; empty if there was none.
  [[nodiscard]] std::string failure() const;

 private:
  wheel::LinkMode mode_;
  std::atomic<bool> has_failed_ = false;
  mutable std::mutex mutex_;
  std::string failure_;
};

/// Creates `name` in `directory` as a clone of the origin of `file` or as a link to it. Returns
/// false, with nothing created, if that is impossible, and in the mode `copy`. Makes no hard links
/// if new files get another mode than the cache's 0644 and 0755 because of the umask.
[[nodiscard]] bool make_link(const base::Directory& directory, const std::string& name,
                             const wheel::WheelFile& file, FileSharing& sharing);

/// Makes an empty file share the blocks of content that is aligned to them, in the mode `clone`
/// only; writes the last bytes, less than a block. Returns false, with nothing done, if the file
/// systems cannot do that. Throws `Error` (`kVerification`) if the content is damaged.
[[nodiscard]] bool clone_content(const wheel::CachedContent& content, const base::File& file,
                                 FileSharing& sharing);

}  // namespace ensure::install
