#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "bundled/pack/packed_wheel.h"

namespace ensure::bundled {

struct PayloadSettings {
  int level = 19;                         ///< Zstandard's
  std::size_t slice_size = 192UL * 1024;  ///< of a part of a wheel, in bytes (`Partition`)
  std::size_t threads = 1;
  /// What bytecode may not make the payload larger than, in bytes. That for the oldest Pythons
  /// gives way: first it becomes the difference to that for the next newer one, then it is left
  /// out.
  std::size_t limit = std::numeric_limits<std::size_t>::max();
};

struct PackedPayload {
  std::string bytes;
  std::vector<PackedWheel> wheels;  ///< those in it, without the bytecode that was left out
};

/// Packs wheels into a payload that `Bundle` reads, the newest first. The same wheels and settings
/// give the same bytes. Throws `Error` where they cannot be packed.
[[nodiscard]] PackedPayload write_payload(std::vector<PackedWheel> wheels,
                                          const PayloadSettings& settings);

}  // namespace ensure::bundled
