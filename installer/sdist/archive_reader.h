#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "installer/wheel/zip/archive_errors.h"

namespace ensure::sdist {

/// No source distribution unpacks to more bytes than this.
inline constexpr std::uint64_t kLargestUnpacked = std::uint64_t{1} << 30U;

/// One file, directory or link of a source archive.
struct SourceEntry {
  enum class Kind : std::uint8_t { kFile, kDirectory, kLink };

  Kind kind = Kind::kFile;
  std::string path;  ///< relative, without a final "/"
  // NOLINTBEGIN(readability-redundant-member-init): so that initializers may leave them out
  std::string_view content{};  ///< of a file; it belongs to the archive
  std::string target{};        ///< of a symbolic link, as written
  // NOLINTEND(readability-redundant-member-init)
  bool executable = false;
};

struct SourceContent {
  std::vector<SourceEntry> entries;  ///< in the order of the archive; hard links are files
  std::int64_t newest = 0;           ///< the latest modification time, in seconds since 1970
  std::shared_ptr<const void> memory = nullptr;  ///< what was decompressed
};

/// Whether the suffix is that of a tar archive, with or without compression, that is read here.
[[nodiscard]] bool is_tar_name(std::string_view filename);

/// Reads a tar archive with libarchive; the suffix of `filename` selects the compression. The
/// entries refer to `bytes`, or to `memory`. Throws `base::Error` (`kVerification`) if the archive
/// is compressed in another way, is damaged or cut off, has trailing data other than zeros, unpacks
/// to more than `largest` bytes, makes libarchive warn, or contains a device, a FIFO, a sparse file
/// or an entry of unknown type. `check_source_entries` checks the paths.
[[nodiscard]] SourceContent read_tar(std::string_view filename, std::string_view bytes,
                                     const wheel::ArchiveErrors& errors,
                                     std::uint64_t largest = kLargestUnpacked);

}  // namespace ensure::sdist
