#include "installer/base/digest.h"

#include <string>
#include <utility>
#include <vector>

#include "tests/support/catch.h"

namespace {

using namespace ensure::base;

TEST_CASE("sha256 gives the values of FIPS 180-4", "[base][digest]") {
  CHECK(to_hex(sha256("abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(to_hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("a hasher fed in pieces agrees with one call", "[base][digest]") {
  Hasher hasher;
  hasher.update("a");
  hasher.update("");
  hasher.update("bc");
  CHECK(hasher.finish() == sha256("abc"));
}

TEST_CASE("base64url is RFC 4648 without padding", "[base][digest]") {
  CHECK(to_base64url("").empty());
  CHECK(to_base64url("f") == "Zg");
  CHECK(to_base64url("fo") == "Zm8");
  CHECK(to_base64url("foo") == "Zm9v");
  CHECK(to_base64url("\xFB\xFF") == "-_8");
}

TEST_CASE("every algorithm gives what hashlib gives", "[base][digest]") {
  const std::vector<std::pair<std::string, std::string>> begins = {
      {"md5", "900150983cd24fb0"},      {"sha1", "a9993e364706816a"},
      {"sha224", "23097d223405d822"},   {"sha256", "ba7816bf8f01cfea"},
      {"sha384", "cb00753f45a35e8b"},   {"sha512", "ddaf35a193617aba"},
      {"sha3_224", "e642824c3f8cf24a"}, {"sha3_256", "3a985da74fe225b2"},
      {"sha3_384", "ec01498288516fc9"}, {"sha3_512", "b751850b1a57168a"},
      {"blake2b", "ba80a53f981c4d0d"},  {"blake2s", "508c5e8c327c14e2"},
  };
  for (std::size_t number = 0; number < begins.size(); ++number) {
    const auto& [name, begin] = begins[number];
    CAPTURE(name);
    const auto algorithm = digest_algorithm(name);
    REQUIRE(algorithm);
    Hasher hasher(*algorithm);
    hasher.update("a");
    hasher.update("bc");
    const std::string digest = hasher.finish();
    CHECK(to_hex(digest).starts_with(begin));
    CHECK(digest.size() == digest_size(*algorithm));
    CHECK(name_of(*algorithm) == name);
    CHECK(digest_algorithm_numbered(static_cast<unsigned int>(*algorithm)) == algorithm);
    CHECK(is_strong(*algorithm) == (digest.size() >= 32));
  }
  CHECK_FALSE(digest_algorithm_numbered(static_cast<unsigned int>(begins.size())));
}

TEST_CASE("an HMAC is that of RFC 4231", "[base][digest]") {
  CHECK(to_hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")) ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(to_hex(hmac_sha256(std::string(131, '\xaa'),
                           "Test Using Larger Than Block-Size Key - Hash Key First")) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("RECORD allows strong algorithms alone", "[base][digest]") {
  CHECK(digest_algorithm("sha512") == DigestAlgorithm::kSha512);
  CHECK(digest_algorithm("md5") == DigestAlgorithm::kMd5);
  CHECK(digest_algorithm("crc32") == std::nullopt);
  CHECK(record_digest_algorithm("sha512") == DigestAlgorithm::kSha512);
  CHECK(record_digest_algorithm("md5") == std::nullopt);
  CHECK(record_digest_algorithm("sha1") == std::nullopt);
  CHECK(digest_algorithm("SHA256") == std::nullopt);
}

}  // namespace
