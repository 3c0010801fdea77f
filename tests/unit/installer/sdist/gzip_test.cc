#include "installer/sdist/gzip.h"

#include "refused.h"
#include "tests/support/catch.h"
#include "tests/support/tar_builder.h"

namespace ensure::sdist {

namespace {

const wheel::ArchiveErrors kRefusal("demo.tar.gz");

std::string refused(const std::string& bytes, std::uint64_t largest = kLargestUnpacked) {
  return refusal_of([&] { return unpack_gzip(bytes, kRefusal, largest); });
}

TEST_CASE("one member and several are unpacked", "[sdist][gzip]") {
  const std::string text(100'000, 'x');
  CHECK(unpack_gzip(testing::gzip(text), kRefusal) == text);
  CHECK(unpack_gzip(testing::gzip(text) + testing::gzip("more"), kRefusal) == text + "more");
  CHECK(unpack_gzip(testing::gzip("a") + std::string(512, '\0'), kRefusal) == "a");
  CHECK(unpack_gzip(testing::gzip(""), kRefusal).empty());
}

TEST_CASE("a size that lies changes nothing but the room that is made", "[sdist][gzip]") {
  std::string bytes = testing::gzip(std::string(10'000, 'x'));
  const std::string low = testing::gzip("") + bytes;
  CHECK(unpack_gzip(low, kRefusal).size() == 10'000);
  bytes[bytes.size() - 1] = '\x7f';
  CHECK(refused(bytes).find("no sound gzip") != std::string::npos);
}

TEST_CASE("damaged files and bombs are refused", "[sdist][gzip]") {
  const std::string sound = testing::gzip(std::string(50'000, 'x'));
  CHECK_FALSE(refused("").empty());
  CHECK_FALSE(refused("no gzip file, but long enough for one").empty());
  CHECK_FALSE(refused(sound.substr(0, sound.size() - 1)).empty());
  CHECK_FALSE(refused(sound + "rest").empty());
  std::string damaged = sound;
  damaged[damaged.size() - 6] ^= 1;  // of the checksum
  CHECK_FALSE(refused(damaged).empty());
  CHECK(refused(sound, 49'999).find("unpacks to more") != std::string::npos);
  CHECK(refused(sound, 50'000).empty());
}

}  // namespace

}  // namespace ensure::sdist
