#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/base/path.h"
#include "installer/wheel/wheel_archive.h"
#include "installer/wheel/wheel_source.h"

namespace ensure::wheel {

/// How a file of the cache becomes a file of a target (`--link-mode`).
enum class LinkMode {
  /// Large files share the blocks of those in the cache until one of both is written to (FICLONE,
  /// FICLONERANGE); small ones are copied, which is as fast. No edit of one target shows in
  /// another, so it is the default. If a file system cannot do it, files are copied.
  kClone,
  kHardlink,  ///< the same file: an edit shows everywhere
  kCopy,
  kSymlink,  ///< leads into the cache, which must stay
};

/// The mode of a name such as "clone"; nullopt if there is none.
[[nodiscard]] std::optional<LinkMode> try_parse_link_mode(std::string_view name);
[[nodiscard]] std::string_view name_of(LinkMode mode);

/// Whether a file with this status may be the unpacked `file`. It must belong to the caller or
/// root: through a hard link in an environment, another user may have become its owner.
[[nodiscard]] bool may_be_unpacked(const base::FileStatus& status, const WheelFile& file);

/// Sets the fraction of a second of the modification time to a value that follows from the content.
/// An edit changes it, so that most edits are noticed without reading the file. If it cannot be
/// set, or the file system counts in seconds, contents are compared.
void set_mtime_fingerprint(const base::Directory& directory, const base::Path& path,
                           std::uint32_t crc32);
[[nodiscard]] bool has_mtime_fingerprint(const base::FileStatus& status, std::uint32_t crc32);

/// A wheel with the directory of its unpacked files, so that they can be linked to. Each visited
/// file names the one in the directory if that has the right fingerprint, or else the same content.
class LinkableWheel final : public ForwardingSource<WheelArchive> {
 public:
  LinkableWheel(std::shared_ptr<const WheelArchive> wheel, base::Directory directory);

  void read_part(std::size_t part, const Visitor& visit) const override;

 private:
  [[nodiscard]] bool has_content(const WheelFile& file) const;

  base::Directory directory_;
};

/// A wheel that writes its files into a directory of the cache while they are read, so that they
/// can be linked to at once.
class CacheFillingWheel final : public ForwardingSource<WheelSource> {
 public:
  struct Target {
    const base::Directory* directory;
    /// The path for symbolic links to name: that of the directory, or its later path once it is
    /// kept.
    std::string origin;
    /// Whether dangling links would be left if the directory were not kept.
    bool must_be_kept;
    std::function<void(const base::Error&)> give_up;  ///< is called if a file cannot be written
    std::function<bool()> keep;                       ///< is called once, when all is written
    std::shared_ptr<const void> keeper;               ///< keeps the directory open
  };

  CacheFillingWheel(std::shared_ptr<const WheelSource> wheel, Target target);

  /// Throws `Error` (`kFileSystem`) if the directory must be kept and cannot be.
  void read_part(std::size_t part, const Visitor& visit) const override;

 private:
  [[nodiscard]] bool write(const WheelFile& file, std::string& last_parent) const;

  Target target_;
  mutable std::atomic<bool> is_whole_ = true;
};

}  // namespace ensure::wheel
