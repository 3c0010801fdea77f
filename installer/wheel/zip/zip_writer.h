#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "installer/wheel/zip/zip_directory.h"

/// Writes ZIP files in which nothing is compressed (APPNOTE.TXT, sections in brackets). The
/// functions `stored_*` always write sizes and offsets in 64 bits, so that there is one form only,
/// and no dates. The data of large entries begin at multiples of `kStoredAlignment`, so that file
/// systems can share their blocks. The header of an entry follows from the entry and its offset
/// alone.
namespace ensure::wheel {

/// Entries of at least this size are aligned, in bytes.
inline constexpr std::uint64_t kLargeEntry = std::uint64_t{64} << 10U;
inline constexpr std::uint64_t kStoredAlignment = 4096;

/// The header before the data [4.3.7] of an entry that starts at `offset`.
[[nodiscard]] std::string stored_local_header(const ZipEntry& entry, std::uint64_t offset);

/// The header in the central directory [4.3.12]; the local one starts at `offset`.
[[nodiscard]] std::string stored_central_header(const ZipEntry& entry, std::uint64_t offset);

/// The sizes of these headers, in bytes.
[[nodiscard]] std::uint64_t stored_local_size(const ZipEntry& entry, std::uint64_t offset);
[[nodiscard]] std::uint64_t stored_central_size(const ZipEntry& entry);

/// The end of an archive [4.3.14 to 4.3.16] whose directory ends where this begins.
[[nodiscard]] std::string stored_end(std::uint64_t entry_count, std::uint64_t directory_offset,
                                     std::uint64_t directory_size, std::string_view comment);

/// A whole archive of one small file, with sizes of 32 bits, which every Python can run.
[[nodiscard]] std::string zip_of_one_file(std::string_view name, std::string_view content);

}  // namespace ensure::wheel
