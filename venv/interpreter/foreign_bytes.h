#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

/// Values in binary files of others, whose offsets may lead anywhere. Numbers are in this machine's
/// own byte order.
namespace ensure::venv {

/// The value at `offset`; none where `bytes` end before it does.
template <typename Value>
[[nodiscard]] std::optional<Value> read_value(std::string_view bytes, std::uint64_t offset) {
  if (offset > bytes.size() || sizeof(Value) > bytes.size() - offset) return std::nullopt;
  Value value{};
  std::memcpy(&value, bytes.data() + offset, sizeof(Value));
  return value;
}

/// The `size` bytes from `offset` on; none where they are not all there.
[[nodiscard]] inline std::optional<std::string_view> part_of(std::string_view bytes,
                                                             std::uint64_t offset,
                                                             std::uint64_t size) {
  if (offset > bytes.size() || size > bytes.size() - offset) return std::nullopt;
  return bytes.substr(offset, size);
}

/// The text at `offset` that a zero ends; none where there is no end.
[[nodiscard]] inline std::optional<std::string_view> text_at(std::string_view bytes,
                                                             std::uint64_t offset) {
  if (offset >= bytes.size()) return std::nullopt;
  const std::string_view rest = bytes.substr(offset);
  const std::size_t end = rest.find('\0');
  if (end == std::string_view::npos) return std::nullopt;
  return rest.substr(0, end);
}

}  // namespace ensure::venv
