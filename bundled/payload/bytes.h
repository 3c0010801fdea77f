#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "installer/base/error.h"

namespace ensure::bundled {

/// The error for a bundle that is not as it was packed; `detail` says what is wrong, such as
/// "its listing does not have the digest it should have".
[[nodiscard]] base::Error damaged_bundle(std::string_view detail);

/// Writes numbers, least significant byte first, and texts with their length in front.
class ByteWriter {
 public:
  void byte(std::uint8_t value) { bytes_.push_back(static_cast<char>(value)); }
  void number(std::uint32_t value);
  void text(std::string_view value) {
    number(static_cast<std::uint32_t>(value.size()));
    raw(value);
  }
  /// Bytes of a fixed length, which is not written.
  void raw(std::string_view value) { bytes_ += value; }

  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

/// Reads the output of `ByteWriter`. Views point into the bytes that are read. Throws the `Error`
/// of `damaged_bundle` if they end too early.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  [[nodiscard]] std::uint8_t byte() { return static_cast<std::uint8_t>(raw(1).front()); }
  [[nodiscard]] std::uint32_t number();
  [[nodiscard]] std::string_view text() { return raw(number()); }
  [[nodiscard]] std::string_view raw(std::size_t size);

  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

}  // namespace ensure::bundled
