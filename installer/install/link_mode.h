#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <string_view>

#include "installer/base/files.h"
#include "installer/wheel/stored_content.h"

namespace ensure::install {

/// How a file of the cache becomes one of a target (`--link-mode`).
enum class LinkMode {
  /// Large files share the blocks of those in the cache until one of both is written to (FICLONE,
  /// FICLONERANGE); small ones are copied, which is as fast. No edit of one target shows in
  /// another,
  /// so it is the default. Where a file system cannot do it, files are copied.
  kClone,
  kHardlink,  ///< is the same file: an edit shows everywhere
  kCopy,
  kSymlink,  ///< leads into the cache, which then must stay
};

/// The mode of a name, "clone" for instance; none for any other.
[[nodiscard]] std::optional<LinkMode> try_parse_link_mode(std::string_view name);
[[nodiscard]] std::string_view name_of(LinkMode mode);

/// How the files of one job come out of the cache, and what came of that. Any thread may use it.
class FileSharing {
 public:
  explicit FileSharing(LinkMode mode) : mode_(mode) {}

  [[nodiscard]] LinkMode mode() const { return mode_; }

  /// Whether it is worth trying: what a file system has refused once, it refuses again.
  [[nodiscard]] bool is_possible() const { return refusal_ == 0; }
  /// Notes why a file had to be copied, as an `errno` value.
  void note_refusal(int error_number);
  /// The first that was noted; 0 where nothing was refused.
  [[nodiscard]] int refusal() const { return refusal_; }

 private:
  LinkMode mode_;
  std::atomic<int> refusal_ = 0;
};

/// Creates `name` in `folder` as a clone of or a link to the file `origin`. False, with nothing
/// created, where that cannot be done, and for copies, which are not made here. Where new files get
/// another mode than the cache's 0644 and 0755, because of the umask, none is made a hard link.
[[nodiscard]] bool make_link(const base::Directory& folder, const std::string& name,
                             const std::string& origin, FileSharing& sharing);

/// Makes an empty file share the blocks of content that is aligned to them, in the mode `clone`
/// only; the last bytes, less than a block, are written. False, with nothing done, where the file
/// systems cannot do that. Throws `Error` (`kVerification`) where the content is damaged.
[[nodiscard]] bool clone_content(const wheel::StoredContent& content, int file,
                                 FileSharing& sharing);

}  // namespace ensure::install
