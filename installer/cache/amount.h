#pragma once

#include <cstdint>

namespace ensure::cache {

/// How much there is, or was removed.
struct Amount {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;  ///< of content

  Amount& operator+=(const Amount& other) {
    files += other.files;
    bytes += other.bytes;
    return *this;
  }
  bool operator==(const Amount&) const = default;
};

}  // namespace ensure::cache
