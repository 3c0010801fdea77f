#include "installer/cache/entry.h"

#include "installer/base/digest.h"

namespace ensure::cache {

namespace {

constexpr std::size_t kNumberSize = 8;

std::string checksum_of(std::string_view bytes) { return format_number(base::checksum(bytes)); }

/// Takes the next field off the front; returns nullopt if it is cut off.
std::optional<std::string_view> take_field(std::string_view& bytes) {
  if (bytes.size() < kNumberSize) return std::nullopt;
  const std::uint64_t size = parse_number(bytes);
  bytes.remove_prefix(kNumberSize);
  if (size > bytes.size()) return std::nullopt;
  const std::string_view field = bytes.substr(0, size);
  bytes.remove_prefix(size);
  return field;
}

}  // namespace

std::string format_number(std::uint64_t number) {
  std::string bytes;
  for (std::size_t i = 0; i < kNumberSize; ++i) {
    bytes += static_cast<char>(static_cast<std::uint8_t>(number >> (8 * i)));
  }
  return bytes;
}

std::uint64_t parse_number(std::string_view bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = kNumberSize; i-- > 0;) {
    number = number << 8U | static_cast<std::uint8_t>(bytes[i]);
  }
  return number;
}

std::string format_entry(const std::vector<std::string_view>& fields, std::string_view content) {
  std::string bytes;
  std::size_t size = kEntryDigestSize + kNumberSize * (fields.size() + 1) + content.size();
  for (const std::string_view field : fields) size += field.size();
  bytes.reserve(size);
  bytes.append(kEntryDigestSize, '\0');
  for (const std::string_view field : fields) {
    bytes += format_number(field.size());
    bytes += field;
  }
  bytes += format_number(content.size());
  bytes += content;
  bytes.replace(0, kEntryDigestSize, checksum_of(std::string_view(bytes).substr(kEntryDigestSize)));
  return bytes;
}

std::optional<EntryView> try_view_entry(std::string_view bytes, std::size_t fields) {
  if (bytes.size() < kEntryDigestSize) return std::nullopt;
  const std::string_view digest = bytes.substr(0, kEntryDigestSize);
  bytes.remove_prefix(kEntryDigestSize);
  if (checksum_of(bytes) != digest) return std::nullopt;
  EntryView entry;
  for (std::size_t i = 0; i < fields; ++i) {
    const std::optional<std::string_view> field = take_field(bytes);
    if (!field) return std::nullopt;
    entry.fields.push_back(*field);
  }
  const std::optional<std::string_view> content = take_field(bytes);
  if (!content || !bytes.empty()) return std::nullopt;
  entry.content = *content;
  return entry;
}

}  // namespace ensure::cache
