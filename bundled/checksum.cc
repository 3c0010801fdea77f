#include "bundled/checksum.h"

#include <xxhash.h>

#include <cstring>

namespace ensure::bundled {

Checksum checksum(std::string_view bytes) {
  XXH128_canonical_t written;
  XXH128_canonicalFromHash(&written, XXH3_128bits(bytes.data(), bytes.size()));
  Checksum sum;
  static_assert(sizeof(written.digest) == sizeof(sum));
  std::memcpy(sum.data(), written.digest, sum.size());
  return sum;
}

}  // namespace ensure::bundled
