#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "installer/wheel/wheel_archive.h"
#include "installer/wheel/wheel_source.h"

namespace ensure::wheel {

/// The form in which a cache keeps a wheel: an archive with the same entries in the same order,
/// uncompressed and without dates. The code that reads published wheels reads it too, and each file
/// in it is one range of bytes that can be written or cloned as it is.
///
/// The comment at its end states the SHA-256 of the published file and of RECORD. The same wheel
/// always has the same bytes.
class CachedWheelLayout {
 public:
  /// `published_sha256` is that of the published file, in hexadecimal. `wheel` must outlive this.
  CachedWheelLayout(const WheelArchive& wheel, std::string_view published_sha256);

  /// The size of the cached form, in bytes.
  [[nodiscard]] std::uint64_t size() const { return size_; }

  /// Takes bytes that belong at an offset. Thread-safe.
  using Write = std::function<void(std::uint64_t offset, std::string_view bytes)>;

  /// Writes one file of the wheel with its header. Files may be written in any order and by several
  /// threads.
  void write_file(const WheelFile& file, const Write& write) const;

  /// Writes everything else: directories, central directory and end.
  void write_rest(const Write& write) const;

 private:
  struct PlacedEntry {
    const ZipEntry* entry;
    std::uint64_t offset;  ///< of the local header
  };

  std::string comment_;
  std::vector<PlacedEntry> entries_;
  std::unordered_map<std::string_view, std::size_t> by_path_;  ///< files only
  std::uint64_t directory_offset_ = 0;
  std::uint64_t size_ = 0;
};

/// Opens the cached form of the wheel that was published as `filename` with the SHA-256
/// `published_sha256`, in hexadecimal. Returns nullopt if `bytes` are damaged, of another wheel or
/// of another version of the form.
///
/// The content is checked by the CRC-32 of each file, and RECORD by its digest, ten times as fast
/// as by the digests in RECORD. This finds damage. Neither way would find manipulation by a user
/// who can write to the cache, and so also to RECORD: the cache itself refuses such entries.
/// Damaged content is found when it is read, by a thrown `Error` (`kVerification`). `open_file` may
/// open the file that `bytes` map: content is then read from the file, so that it does not fill the
/// memory.
[[nodiscard]] std::optional<WheelArchive> open_cached_wheel(std::string_view filename,
                                                            std::string_view published_sha256,
                                                            std::string_view bytes,
                                                            std::shared_ptr<const void> keeper,
                                                            FileOpener open_file = {});

/// A wheel that writes its cached form while its files are read, so that a new wheel is unpacked
/// once for the target and the cache.
class ArchivingWheel final : public ForwardingSource<WheelArchive> {
 public:
  /// The thread that has read the last part calls `on_written` once, when everything is written.
  ArchivingWheel(std::shared_ptr<const WheelArchive> wheel, std::string_view published_sha256,
                 CachedWheelLayout::Write write, std::function<void()> on_written);

  void read_part(std::size_t part, const Visitor& visit) const override;

 private:
  CachedWheelLayout layout_;
  CachedWheelLayout::Write write_;
  std::function<void()> on_written_;
};

}  // namespace ensure::wheel
