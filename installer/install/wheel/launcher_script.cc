#include "installer/install/wheel/launcher_script.h"

#include <cstdint>

namespace ensure::install {

namespace {

constexpr std::string_view kName = "__main__.py";

/// The checksum of ZIP (ISO 3309), bit by bit: a wrapper has some 200 bytes.
std::uint32_t crc32(std::string_view bytes) {
  constexpr std::uint32_t kPolynomial = 0xEDB88320U;
  std::uint32_t value = ~0U;
  for (const char byte : bytes) {
    value ^= static_cast<std::uint8_t>(byte);
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1U) ^ ((value & 1U) * kPolynomial);
  }
  return ~value;
}

/// Appends little-endian numbers.
class Writer {
 public:
  Writer& u16(std::uint32_t value) { return number(value, 2); }
  Writer& u32(std::uint32_t value) { return number(value, 4); }
  Writer& text(std::string_view value) {
    bytes_ += value;
    return *this;
  }
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(bytes_.size()); }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  Writer& number(std::uint32_t value, unsigned int size) {
    for (unsigned int i = 0; i < size; ++i) bytes_ += static_cast<char>(value >> (8 * i) & 0xFFU);
    return *this;
  }

  std::string bytes_;
};

/// The fields that local and central headers share (APPNOTE 4.3.7, 4.3.12):
/// stored, and dated 1980-01-01, so that the same script has the same bytes.
void append_common_fields(Writer& zip, std::string_view content) {
  constexpr std::uint32_t kFirstOfJanuary1980 = 0x21U << 16U;
  const auto size = static_cast<std::uint32_t>(content.size());
  zip.u16(10).u16(0).u16(0).u32(kFirstOfJanuary1980);
  zip.u32(crc32(content)).u32(size).u32(size);
  zip.u16(static_cast<std::uint32_t>(kName.size())).u16(0);
}

std::string zip_of(std::string_view content) {
  Writer zip;
  zip.u32(0x04034B50U);
  append_common_fields(zip, content);
  zip.text(kName).text(content);

  const std::uint32_t directory = zip.size();
  zip.u32(0x02014B50U).u16(10);
  append_common_fields(zip, content);
  zip.u16(0).u16(0).u16(0).u32(0).u32(0).text(kName);

  const std::uint32_t end = zip.size();
  zip.u32(0x06054B50U).u16(0).u16(0).u16(1).u16(1).u32(end - directory).u32(directory).u16(0);
  return zip.bytes();
}

}  // namespace

std::string launcher_script(std::string_view launcher, std::string_view shebang,
                            std::string_view main) {
  std::string program(launcher);
  program += shebang;
  program += zip_of(main);
  return program;
}

}  // namespace ensure::install
