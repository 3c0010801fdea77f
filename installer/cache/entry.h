#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ensure::cache {

/// What one file of a cache says: a few short fields, among them what the file is about, and the
/// content.
///
/// On disk: a checksum of all that follows; then each field, and last the content, with its size
/// as 8 bytes, little-endian, before it. So a file that was cut off, damaged or put in the place of
/// another one is not taken for what was asked for. Who can write to the cache could write any
/// checksum, so it need not be one that withstands intent.
struct Entry {
  std::vector<std::string> fields;
  std::string content;

  bool operator==(const Entry&) const = default;
};

inline constexpr std::size_t kEntryDigestSize = 8;

[[nodiscard]] std::string format_entry(const std::vector<std::string_view>& fields,
                                       std::string_view content);

/// The same as views into what was read.
struct EntryView {
  std::vector<std::string_view> fields;
  std::string_view content;
};

/// None where `bytes` are no entry with that number of fields.
[[nodiscard]] std::optional<EntryView> try_view_entry(std::string_view bytes, std::size_t fields);
[[nodiscard]] std::optional<Entry> try_parse_entry(std::string_view bytes, std::size_t fields);

/// A number as 8 bytes, little-endian.
[[nodiscard]] std::string format_number(std::uint64_t number);
/// The first 8 of at least 8 bytes.
[[nodiscard]] std::uint64_t parse_number(std::string_view bytes);

}  // namespace ensure::cache
