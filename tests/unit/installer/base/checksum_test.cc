
#include <string>

#include "installer/base/digest.h"
#include "tests/support/catch.h"

namespace ensure::base {

TEST_CASE("Checksums are those of the XXH3 specification", "[base][checksum]") {
  CHECK(checksum("") == 0x2D06800538D394C2U);
  const LongChecksum empty = long_checksum("");
  CHECK(to_hex({empty.data(), empty.size()}) == "99aa06d3014798d86001c324468d497f");
}

TEST_CASE("One changed bit changes the checksum", "[base][checksum]") {
  const std::string sound(1000, 'x');
  for (std::size_t place = 0; place < sound.size(); ++place) {
    std::string spoiled = sound;
    spoiled[place] = static_cast<char>(spoiled[place] ^ 1);
    CHECK(checksum(spoiled) != checksum(sound));
    CHECK(long_checksum(spoiled) != long_checksum(sound));
  }
}

}  // namespace ensure::base
