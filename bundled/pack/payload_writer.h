#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "bundled/pack/packed_wheel.h"

namespace ensure::bundled {

struct PayloadSettings {
  int level = 19;          ///< Zstandard's
  std::size_t parts = 17;  ///< into which each wheel is cut, at least 2
  std::size_t threads = 1;
};

/// Packs wheels into a payload that `Bundle` reads. The same wheels and settings give the same
/// bytes. Throws `Error` where they cannot be packed.
[[nodiscard]] std::string write_payload(std::vector<PackedWheel> wheels,
                                        const PayloadSettings& settings);

}  // namespace ensure::bundled
