#include "installer/base/checksum.h"

#include <xxhash.h>

#include <cstring>

namespace ensure::base {

std::uint64_t checksum(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

LongChecksum long_checksum(std::string_view bytes) {
  XXH128_canonical_t written;
  XXH128_canonicalFromHash(&written, XXH3_128bits(bytes.data(), bytes.size()));
  LongChecksum sum;
  static_assert(sizeof(written.digest) == sizeof(sum));
  std::memcpy(sum.data(), written.digest, sum.size());
  return sum;
}

}  // namespace ensure::base
