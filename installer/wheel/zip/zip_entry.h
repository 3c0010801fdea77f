#pragma once

#include <cstdint>
#include <string_view>

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

}  // namespace ensure::wheel
