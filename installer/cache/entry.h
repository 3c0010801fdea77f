#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ensure::cache {

/// The content of one file of a cache: a few short fields, such as the key of the entry, and the
/// content. The views point into the bytes that were read.
///
/// On disk: a checksum of all that follows; then each field, and last the content, with its size
/// as 8 bytes, little-endian, before it. So a file that was cut off, damaged or exchanged for
/// another entry is detected. The checksum need not withstand intent, because whoever can write to
/// the cache could write any checksum.
struct EntryView {
  std::vector<std::string_view> fields;
  std::string_view content;
};

inline constexpr std::size_t kEntryDigestSize = 8;

[[nodiscard]] std::string format_entry(const std::vector<std::string_view>& fields,
                                       std::string_view content);

/// Returns nullopt if `bytes` are not an intact entry with that number of fields.
[[nodiscard]] std::optional<EntryView> try_view_entry(std::string_view bytes, std::size_t fields);

/// A number as 8 bytes, little-endian.
[[nodiscard]] std::string format_number(std::uint64_t number);
/// The first 8 of at least 8 bytes.
[[nodiscard]] std::uint64_t parse_number(std::string_view bytes);

}  // namespace ensure::cache
