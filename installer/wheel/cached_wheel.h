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

#include "installer/wheel/forwarding_source.h"
#include "installer/wheel/wheel_archive.h"

namespace ensure::wheel {

/// The form in which a cache keeps a wheel: an archive with the same entries in the same order,
/// none of them compressed, without dates. It is read by the same code as the published wheel, and
/// each file in it is one piece of memory that is written as it lies.
///
/// The comment at its end binds it: it says the SHA-256 of the published file and that of RECORD,
/// whose digests are checked while the files are read. The same wheel always gives the same bytes.
class CachedWheelLayout {
 public:
  /// `published_sha256` is that of the published file, in hexadecimal. `wheel` must outlive this.
  CachedWheelLayout(const WheelArchive& wheel, std::string_view published_sha256);

  /// The size of the stored form, in bytes.
  [[nodiscard]] std::uint64_t size() const { return size_; }

  /// Takes bytes that belong at an offset; may be called by several threads.
  using Write = std::function<void(std::uint64_t offset, std::string_view bytes)>;

  /// Writes one file of the wheel with its header; files may be written in any order and by several
  /// threads.
  void write_file(const WheelFile& file, const Write& write) const;

  /// Writes everything else: folders, central directory and end.
  void write_rest(const Write& write) const;

 private:
  struct Place {
    const ZipEntry* entry;
    std::uint64_t offset;  ///< of the local header
  };

  std::string comment_;
  std::vector<Place> places_;
  std::unordered_map<std::string_view, std::size_t> by_path_;  ///< files only
  std::uint64_t directory_offset_ = 0;
  std::uint64_t size_ = 0;
};

/// How the content of a stored wheel is checked while it is read. Both ways find damage. Neither
/// finds manipulation by a user who can write to the cache, and so also to RECORD: the cache itself
/// refuses such entries (`cache/ownership.h`).
enum class CachedWheelCheck {
  kRecord,    ///< by the digests of RECORD
  kChecksum,  ///< by the archive's CRC-32 of each file, and RECORD by its digest; ten times as fast
};

/// Opens the stored form of the wheel that was published as `filename` with the SHA-256
/// `published_sha256`, in hexadecimal. None where `bytes` are not that: damaged, of another wheel
/// or of another version of the form. Content that is damaged is found when it is read, by a
/// thrown `Error` (`kVerification`). With `kChecksum`, `open_file` may open the file that `bytes`
/// map: content is then read from the file, so that it does not fill the memory.
[[nodiscard]] std::optional<WheelArchive> open_cached_wheel(
    std::string_view filename, std::string_view published_sha256, std::string_view bytes,
    std::shared_ptr<const void> keeper, CachedWheelCheck check = CachedWheelCheck::kRecord,
    FileOpener open_file = {});

/// A wheel whose stored form is written in the same pass in which its files are read, so that a
/// fresh wheel is unpacked once for the target and the cache.
class ArchivingWheel final : public ForwardingSource<WheelArchive> {
 public:
  /// `kept` is called once, by the thread that has read the last part, when everything is written.
  ArchivingWheel(std::shared_ptr<const WheelArchive> wheel, std::string_view published_sha256,
                 CachedWheelLayout::Write write, std::function<void()> kept);
  ~ArchivingWheel() override;

  void read_part(std::size_t part, const Visitor& visit) const override;

 private:
  struct State;

  CachedWheelLayout layout_;
  CachedWheelLayout::Write write_;
  std::function<void()> kept_;
  std::unique_ptr<State> state_;
};

}  // namespace ensure::wheel
