#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "installer/wheel/zip/archive_errors.h"

namespace ensure::wheel {

struct ZipCentralHeader;

/// One entry of an audited archive. Its views point into the bytes of the archive.
struct ZipEntry {
  std::string_view path;    ///< relative, UTF-8, without a final "/"
  std::string_view packed;  ///< the data as they lie in the archive
  std::uint64_t size;       ///< unpacked, in bytes
  std::uint32_t crc32;      ///< of the unpacked data
  bool deflated;            ///< otherwise stored
  bool is_directory;
  bool executable;
};

/// The entry that `header` describes, with the data `packed`. Throws `Error` (`kVerification`)
/// unless its path, compression and type are ones that a wheel may have and are the same to every
/// reader.
[[nodiscard]] ZipEntry make_zip_entry(const ZipCentralHeader& header, std::string_view packed,
                                      const ArchiveErrors& errors);

/// The strict audit of a ZIP archive in memory, after which it can be read in one way only.
///
/// ZIP states everything twice, before the data and in the central directory, and readers differ in
/// which copy they believe and what they skip (CVE-2025-54368 and similar). Here all of it must
/// agree: the archive consists of its entries, one after another without a gap, the central
/// directory and the end record; local and central headers say the same; no two names could mean
/// one file; no name leaves the target; all entries are plain files and directories, stored or
/// deflated. Wheels that the common tools write pass. The content is checked when it is read.
class ZipDirectory {
 public:
  /// Audits `bytes`, which must be one archive and outlive the object. `archive` is its name in
  /// errors. Throws `Error` (`kVerification`).
  static ZipDirectory parse(std::string_view bytes, std::string_view archive);

  /// Audits an archive that `CachedWheelLayout` has written: its local headers follow from the
  /// central directory, so they are computed instead of read.
  static ZipDirectory parse_cached(std::string_view bytes, std::string_view archive);

  /// Audits an archive at the end of a larger file, such as an executable. Its offsets may count
  /// from the start of either (`zip -A` makes them count from the start of the file). Returns
  /// nullopt if `bytes` do not end like an archive.
  static std::optional<ZipDirectory> find_appended(std::string_view bytes,
                                                   std::string_view archive);

  /// The entries in the order of their data in the archive.
  [[nodiscard]] const std::vector<ZipEntry>& entries() const { return entries_; }

  /// The entry with this path; null if there is none.
  [[nodiscard]] const ZipEntry* find(std::string_view path) const;

  /// The offset of the archive in the bytes: 0 unless it is appended to a file.
  [[nodiscard]] std::size_t start() const { return start_; }

  /// The size of all files together, unpacked, in bytes.
  [[nodiscard]] std::uint64_t unpacked_size() const { return unpacked_size_; }

  /// For errors that are found later, when content is read.
  [[nodiscard]] const ArchiveErrors& errors() const { return errors_; }

 private:
  enum class Form;
  class Audit;

  static ZipDirectory parse_as(Form form, std::string_view bytes, std::string_view archive);

  explicit ZipDirectory(std::string_view archive) : errors_(archive) {}

  ArchiveErrors errors_;
  std::vector<ZipEntry> entries_;
  std::size_t start_ = 0;
  std::uint64_t unpacked_size_ = 0;
};

}  // namespace ensure::wheel
