#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace ensure::bundled {

using Checksum = std::array<char, 16>;

/// XXH3 of 128 bits, as its specification writes it. It finds damage as surely as SHA-256 does, in
/// a twentieth of the time. Nothing that lies in the executable itself, whatever it is computed by,
/// could tell that someone has changed both: against that, the executable has to be checked whole.
[[nodiscard]] Checksum checksum(std::string_view bytes);

}  // namespace ensure::bundled
