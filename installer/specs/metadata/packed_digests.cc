#include "installer/specs/metadata/packed_digests.h"

#include <array>
#include <cstddef>

#include "installer/text/characters.h"

namespace ensure::specs {
namespace {

/// The values of hexadecimal digits, 16 for what is none. By a table: digests are random, and
/// every second branch on them would be foretold wrongly.
constexpr std::array<unsigned char, 256> kNibbles = [] {
  std::array<unsigned char, 256> values{};
  for (std::size_t i = 0; i < values.size(); ++i) {
    const char letter = text::lower(static_cast<char>(i));
    const bool is_high = letter >= 'a' && letter <= 'f';
    values.at(i) = static_cast<unsigned char>(text::is_digit(letter) ? letter - '0'
                                              : is_high              ? letter - 'a' + 10
                                                                     : 16);
  }
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
