#pragma once

#include <atomic>
#include <string>

#include "installer/base/files.h"
#include "installer/wheel/linkable_wheel.h"
#include "installer/wheel/zip/entry_reader.h"
#include "installer/wheel/wheel_source.h"

namespace ensure::install {

/// How the files of one job come out of the cache, and what came of that. Any thread may use it.
class FileSharing {
 public:
  explicit FileSharing(wheel::LinkMode mode) : mode_(mode) {}

  [[nodiscard]] wheel::LinkMode mode() const { return mode_; }

  /// Whether it is worth trying: what a file system has refused once, it refuses again.
  [[nodiscard]] bool is_possible() const { return refusal_ == 0; }
  /// Notes why a file had to be copied, as an `errno` value.
  void note_refusal(int error_number);
  /// The first that was noted; 0 where nothing was refused.
  [[nodiscard]] int refusal() const { return refusal_; }

 private:
  wheel::LinkMode mode_;
  std::atomic<int> refusal_ = 0;
};

/// Creates `name` in `directory` as a clone of the origin of `file` or as a link to it. Returns
/// false, with nothing created, if that is impossible, and in the mode `copy`. Makes no hard links
/// if new files get another mode than the cache's 0644 and 0755 because of the umask.
[[nodiscard]] bool make_link(const base::Directory& directory, const std::string& name,
                             const wheel::WheelFile& file, FileSharing& sharing);

/// Makes an empty file share the blocks of content that is aligned to them, in the mode `clone`
/// only; the last bytes, less than a block, are written. False, with nothing done, where the file
/// systems cannot do that. Throws `Error` (`kVerification`) where the content is damaged.
[[nodiscard]] bool clone_content(const wheel::CachedContent& content, int file,
                                 FileSharing& sharing);

}  // namespace ensure::install
