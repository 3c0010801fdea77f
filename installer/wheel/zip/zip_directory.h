#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "installer/wheel/zip/archive_errors.h"
#include "installer/wheel/zip/zip_entry.h"

namespace ensure::wheel {

/// The strict audit of a ZIP archive in memory, so that it can be read in one way only.
///
/// ZIP says everything twice, before the data and in the central directory, and readers differ in
/// whom they believe and in what they skip (CVE-2025-54368 and its kin). Here all of it has to
/// agree: the archive is nothing but its entries, one behind the other without a gap, the
/// directory and the end record; local and central headers say the same; no two names could meet
/// in one file; none leaves the target; all are plain files and folders, stored or deflated.
/// Wheels as the common tools write them pass. The content itself is checked when it is read.
class ZipDirectory {
 public:
  /// Audits `bytes`, which have to be one archive and outlive the object; `archive` is its name in
  /// errors. Throws `Error` (`kVerification`).
  static ZipDirectory parse(std::string_view bytes, std::string_view archive);

  /// The same for an archive that `zip_writer.h` describes: its local headers say nothing that the
  /// directory does not say, so they are computed and not looked at, and of the bytes only the
  /// directory is read.
  static ZipDirectory parse_cached(std::string_view bytes, std::string_view archive);

  /// The same for an archive at the end of a larger file, an executable for instance; its offsets
  /// may count from the start of either (`zip -A` makes them count from the file's). None where
  /// `bytes` do not end like an archive.
  static std::optional<ZipDirectory> find_appended(std::string_view bytes,
                                                   std::string_view archive);

  /// In the order in which their data lie in the archive.
  [[nodiscard]] const std::vector<ZipEntry>& entries() const { return entries_; }

  /// The entry, file or folder, with that very path; null where there is none.
  [[nodiscard]] const ZipEntry* find(std::string_view path) const;

  /// Where in the bytes the archive starts: 0 unless it is appended to something.
  [[nodiscard]] std::size_t start() const { return start_; }

  /// The size of all files together, unpacked, in bytes.
  [[nodiscard]] std::uint64_t unpacked_size() const { return unpacked_size_; }

  /// Words what is found wrong with the archive later on.
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
