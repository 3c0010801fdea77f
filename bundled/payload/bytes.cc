#include "bundled/payload/bytes.h"

namespace ensure::bundled {

namespace {

constexpr std::size_t kNumberSize = 4;

}  // namespace

base::Error damaged_bundle(std::string_view detail) {
  return base::Error(base::ExitCode::kVerification,
                     "the archive inside this program is damaged: " + std::string(detail))
      .with_hint("install the program again from where it came; this copy was changed or cut off");
}

void ByteWriter::number(std::uint32_t value) {
  for (std::size_t i = 0; i < kNumberSize; ++i) {
    byte(static_cast<std::uint8_t>(value >> (8U * i)));
  }
}

std::uint32_t ByteReader::number() {
  const std::string_view digits = raw(kNumberSize);
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < kNumberSize; ++i) {
    value |= static_cast<std::uint32_t>(static_cast<std::uint8_t>(digits[i])) << (8U * i);
  }
  return value;
}

std::string_view ByteReader::raw(std::size_t size) {
  if (size > rest_.size()) throw damaged_bundle("it ends too early");
  const std::string_view bytes = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return bytes;
}

}  // namespace ensure::bundled
