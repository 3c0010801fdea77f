#include "installer/specs/metadata/packed_digests.h"

#include <array>
#include <cstddef>

namespace ensure::specs {
namespace {

/// The values of hexadecimal digits, 16 for other bytes. A table, because branches on random digits
/// are predicted wrongly half of the time.
constexpr std::array<unsigned char, 256> kNibbles = [] {
  std::array<unsigned char, 256> values{};
  values.fill(16);
  for (unsigned char i = 0; i < 10; ++i) values.at('0' + i) = i;
  for (unsigned char i = 10; i < 16; ++i) values.at('a' + i - 10U) = values.at('A' + i - 10U) = i;
  return values;
}();

unsigned int nibble(char digit) { return kNibbles[static_cast<unsigned char>(digit)]; }

}  // namespace

DigestOffer append_digest(std::string& packed, std::string_view algorithm,
                          std::string_view hexadecimal) {
  const std::optional<base::DigestAlgorithm> known = base::digest_algorithm(algorithm);
  if (!known) return DigestOffer::kUnknownAlgorithm;
  if (hexadecimal.size() != 2 * base::digest_size(*known)) return DigestOffer::kMalformed;
  const std::size_t before = packed.size();
  packed += static_cast<char>(*known);
  packed.resize(before + 1 + hexadecimal.size() / 2);
  char* bytes = packed.data() + before + 1;
  unsigned int all = 0;
  for (std::size_t i = 0; i < hexadecimal.size(); i += 2) {
    const unsigned int high = nibble(hexadecimal[i]);
    const unsigned int low = nibble(hexadecimal[i + 1]);
    all |= high | low;
    *bytes++ = static_cast<char>(high << 4U | low);
  }
  if (all > 15) {
    packed.resize(before);
    return DigestOffer::kMalformed;
  }
  return DigestOffer::kTaken;
}

std::vector<AnnouncedDigest> unpack_digests(std::string_view packed) {
  std::vector<AnnouncedDigest> digests;
  while (!packed.empty()) {
    const auto algorithm =
        base::digest_algorithm_numbered(static_cast<unsigned char>(packed.front()));
    if (!algorithm) break;
    const std::size_t size = base::digest_size(*algorithm);
    if (packed.size() < 1 + size) break;
    digests.push_back({*algorithm, packed.substr(1, size)});
    packed.remove_prefix(1 + size);
  }
  return digests;
}

}  // namespace ensure::specs
