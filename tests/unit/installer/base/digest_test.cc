#include "installer/base/digest.h"

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

TEST_CASE("only strong algorithms have names", "[base][digest]") {
  CHECK(digest_algorithm("sha512") == DigestAlgorithm::kSha512);
  CHECK(digest_algorithm("md5") == std::nullopt);
  CHECK(digest_algorithm("SHA256") == std::nullopt);
}

}  // namespace
