#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "installer/base/error.h"
#include "installer/base/files.h"
#include "installer/wheel/forwarding_source.h"
#include "installer/wheel/wheel_source.h"

namespace ensure::wheel {

/// The mode of an unpacked file: one that suits most targets, whatever the umask.
[[nodiscard]] constexpr mode_t unpacked_mode(bool executable) { return executable ? 0755 : 0644; }

/// Marks an unpacked file by the fraction of the second of its last change, which follows from its
/// content: an edit changes it, so that it is noticed without reading the file.
void set_mtime_fingerprint(const base::Directory& folder, const std::filesystem::path& path,
                           std::uint32_t crc32);
/// Whether `status` is that of a regular file with the size and mode of `file` that belongs to the
/// caller or root. Through a hard link in an environment, another user may have become its owner.
[[nodiscard]] bool is_unpacked_file(const base::FileStatus& status, const WheelFile& file);
/// Whether `folder` has such a file, with the mark of `seal`.
[[nodiscard]] bool has_mtime_fingerprint(const base::Directory& folder, const WheelFile& file);

/// A wheel whose files are written into a folder in the same pass in which they are read, so that
/// they can be linked to at once.
class CacheFillingWheel final : public ForwardingSource<WheelSource> {
 public:
  /// Where the files go, and what becomes of that.
  struct Target {
    const base::Directory* folder;
    /// The path for symbolic links to name: that of the directory, or its later path once it is
    /// kept.
    std::string origin;
    /// Whether links that lead nowhere would be left if the folder were not kept.
    bool must_be_kept;
    std::function<void(const base::Error&)> give_up;  ///< something could not be written
    std::function<bool()> keep;                       ///< called once, when all is there
    std::shared_ptr<const void> keeper;               ///< what all of this lives in
  };

  CacheFillingWheel(std::shared_ptr<const WheelSource> wheel, Target target);
  ~CacheFillingWheel() override;

  /// Throws `Error` (`kFileSystem`) where the folder must be kept and cannot be.
  void read_part(std::size_t part, const Visitor& visit) const override;

 private:
  struct State;

  [[nodiscard]] bool write(const WheelFile& file, std::string& last_folder) const;

  Target target_;
  std::unique_ptr<State> state_;
};

}  // namespace ensure::wheel
