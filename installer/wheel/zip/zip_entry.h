#pragma once

#include <cstdint>
#include <string_view>

#include "installer/wheel/zip/archive_errors.h"

namespace ensure::wheel {

struct ZipCentralHeader;

/// One entry of an audited archive; its views are into the archive's bytes.
struct ZipEntry {
  std::string_view path;    ///< relative, UTF-8, without a final "/"
  std::string_view packed;  ///< the data as they lie in the archive
  std::uint64_t size;       ///< unpacked, in bytes
  std::uint32_t crc32;      ///< of the unpacked data
  bool deflated;            ///< or else stored
  bool folder;
  bool executable;
};

/// The entry that `header` describes and whose data are `packed`. Throws `Error` (`kVerification`)
/// where its path, coding or kind is not one that a wheel has, or not the same to every reader.
[[nodiscard]] ZipEntry make_zip_entry(const ZipCentralHeader& header, std::string_view packed,
                                      const ArchiveErrors& errors);

}  // namespace ensure::wheel
