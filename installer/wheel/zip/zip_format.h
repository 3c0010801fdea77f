#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "installer/wheel/zip/archive_errors.h"

/// The records of a ZIP file, field by field (PKWARE's APPNOTE.TXT, sections in brackets).
/// `ZipDirectory` checks whether they fit together.
namespace ensure::wheel {

inline constexpr std::uint16_t kZipStored = 0;
inline constexpr std::uint16_t kZipDeflated = 8;

inline constexpr std::uint16_t kZipHasDescriptor = 1U << 3U;
inline constexpr std::uint16_t kZipUtf8Name = 1U << 11U;

/// The record at the end of the file [4.3.16], merged with its 64-bit form [4.3.14].
struct ZipEnd {
  std::uint64_t entry_count;
  std::uint64_t directory_size;
  std::uint64_t directory_offset;             ///< as stated, from the origin of the archive
  std::uint64_t directory_end;                ///< from the start of the bytes, as found
  std::optional<std::uint64_t> zip64_offset;  ///< the stated offset of the 64-bit form
};

/// The fields that occur before the data of an entry [4.3.7] and again in the central directory
/// [4.3.12].
struct ZipHeader {
  std::uint16_t flags;
  std::uint16_t method;
  std::uint32_t crc32;
  std::uint64_t packed_size;
  std::uint64_t size;
  std::string_view path;  ///< any bytes
  std::size_t length;     ///< of the header, with name and extra fields
  bool zip64;             ///< whether it has the extra field for sizes of 64 bits [4.5.3]
};

struct ZipCentralHeader : ZipHeader {
  std::uint64_t offset;      ///< of the local header, as stated
  std::uint32_t attributes;  ///< the Unix mode in the upper half, MS-DOS flags in the lowest byte
};

/// The end record of an archive; nullopt if `bytes` do not end with one. Its comment must be plain
/// text, so that the position of the record is unambiguous.
[[nodiscard]] std::optional<ZipEnd> find_zip_end(std::string_view bytes,
                                                 const ArchiveErrors& errors);

/// The header at the start of `bytes`.
[[nodiscard]] ZipCentralHeader parse_central_header(std::string_view bytes,
                                                    const ArchiveErrors& errors);
[[nodiscard]] ZipHeader parse_local_header(std::string_view bytes, const ArchiveErrors& errors);

/// Whether `bytes` are the descriptor [4.3.9] after the data, with the sizes and the CRC of
/// `header`. It has a signature, unless `may_be_bare`, and sizes of 64 bits if `zip64`.
[[nodiscard]] bool is_descriptor_of(const ZipHeader& header, std::string_view bytes, bool zip64,
                                    bool may_be_bare);

/// Whether `bytes` contain the signature of a descriptor.
[[nodiscard]] bool contains_descriptor_signature(std::string_view bytes);

}  // namespace ensure::wheel
