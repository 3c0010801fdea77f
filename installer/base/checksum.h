#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace ensure::base {

/// XXH3 of 64 bits: tells spoiled bytes from sound ones at the speed of memory. It is no defence
/// against somebody who can write both the bytes and their checksum; a digest from elsewhere is.
[[nodiscard]] std::uint64_t checksum(std::string_view bytes);

using LongChecksum = std::array<char, 16>;

/// The same of 128 bits, in the byte order of its specification. It finds damage as surely as
/// SHA-256 does, in a twentieth of the time.
[[nodiscard]] LongChecksum long_checksum(std::string_view bytes);

}  // namespace ensure::base
