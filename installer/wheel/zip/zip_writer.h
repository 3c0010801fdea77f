#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "installer/wheel/zip/zip_entry.h"

/// The records of a ZIP file in which nothing is compressed (APPNOTE.TXT, sections in brackets).
/// Sizes and offsets are always written in 64 bits, so that there is one form only; there are no
/// dates. The data of large entries begin at multiples of `kStoredAlignment`, so that file systems
/// can share their blocks; everything about an entry's header follows from the entry and its
/// offset.
namespace ensure::wheel {

/// Which entries are aligned, and to what, in bytes.
inline constexpr std::uint64_t kStoredLarge = std::uint64_t{64} << 10U;
inline constexpr std::uint64_t kStoredAlignment = 4096;

/// The header before the data [4.3.7] of an entry that starts at `offset`.
[[nodiscard]] std::string stored_local_header(const ZipEntry& entry, std::uint64_t offset);

/// The header in the central directory [4.3.12]; `offset` is where the local one starts.
[[nodiscard]] std::string stored_central_header(const ZipEntry& entry, std::uint64_t offset);

/// How long they are, in bytes.
[[nodiscard]] std::uint64_t stored_local_size(const ZipEntry& entry, std::uint64_t offset);
[[nodiscard]] std::uint64_t stored_central_size(const ZipEntry& entry);

/// The end of an archive [4.3.14 to 4.3.16] whose directory ends where this begins.
[[nodiscard]] std::string stored_end(std::uint64_t entry_count, std::uint64_t directory_offset,
                                     std::uint64_t directory_size, std::string_view comment);

/// How long it is with such a comment, in bytes.
[[nodiscard]] std::uint64_t stored_end_size(std::string_view comment);

}  // namespace ensure::wheel
