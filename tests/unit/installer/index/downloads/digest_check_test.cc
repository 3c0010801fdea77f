#include "fake_index.h"
#include "installer/index/candidates/distribution_file.h"
#include "tests/support/catch.h"

namespace ensure::index {
namespace {

const std::string kBody = "the file";

std::string digest(base::DigestAlgorithm algorithm, const std::string& body = kBody) {
  base::Hasher hasher(algorithm);
  hasher.update(body);
  return hasher.finish();
}

KnownDigest announced(base::DigestAlgorithm algorithm, const std::string& body = kBody) {
  return {algorithm, digest(algorithm, body), DigestSource::kIndex};
}

specs::HashOption hash(base::DigestAlgorithm algorithm, const std::string& body = kBody) {
  return {std::string(name_of(algorithm)), base::to_hex(digest(algorithm, body))};
}

FileRequest request(std::vector<KnownDigest> digests, std::vector<specs::HashOption> accepted) {
  return {.filename = "demo-1.0-py3-none-any.whl",
          .url = base::Url::parse("https://me:secret@index.test/demo.whl"),
          .size = kBody.size(),
          .digests = std::move(digests),
          .accepted = std::move(accepted)};
}

using enum base::DigestAlgorithm;

TEST_CASE("what is known of a file is enforced", "[index][digest_check]") {
  struct Case {
    const char* what;
    FileRequest request;
    bool passes_before;  ///< the file is here
    bool passes;
    std::optional<DigestSource> source;
  };
  const std::vector<Case> cases = {
      {"nothing", request({}, {}), true, true, std::nullopt},
      {"right", request({announced(kSha256)}, {}), true, true, DigestSource::kIndex},
      {"right, another algorithm", request({announced(kSha384)}, {}), true, true,
       DigestSource::kIndex},
      {"wrong", request({announced(kSha256, "x")}, {}), true, false, {}},
      {"one of two is wrong",
       request({announced(kSha256), announced(kSha512, "x")}, {}),
       true,
       false,
       {}},
      {"accepted", request({}, {hash(kSha512)}), true, true, DigestSource::kRequirement},
      {"one of several is accepted",
       request({announced(kSha256)}, {hash(kSha256, "x"), hash(kSha256)}), true, true,
       DigestSource::kRequirement},
      {"not accepted", request({}, {hash(kSha256, "x"), hash(kSha384, "y")}), true, false, {}},
      {"announced and accepted contradict each other",
       request({announced(kSha256)}, {hash(kSha256, "x")}),
       false,
       false,
       {}},
      {"by another algorithm they need not",
       request({announced(kSha256)}, {hash(kSha256, "x"), hash(kSha512)}), true, true,
       DigestSource::kRequirement},
  };
  for (const Case& test : cases) {
    INFO(test.what);
    const std::string before = tests::error_in([&] {
      check_announced(test.request);
      return 0;
    });
    CHECK(before.empty() == test.passes_before);
    Verification verification;
    const std::string error = tests::error_in([&] {
      verification = check_digests(test.request, [](auto algorithm) {
                       return digest(algorithm);
                     }).verification;
      return 0;
    });
    CHECK(error.empty() == test.passes);
    if (test.passes) CHECK(verification.source == test.source);
    if (test.passes) continue;
    CHECK(error.starts_with("7: `demo-1.0-py3-none-any.whl` is not the file that "));
    CHECK(error.find("expected `sha") != std::string::npos);
    CHECK(error.find("got `sha") != std::string::npos);
    CHECK(error.find("secret") == std::string::npos);
  }
}

TEST_CASE("a size that was announced is enforced", "[index][digest_check]") {
  CHECK_NOTHROW(check_size(request({}, {}), kBody.size()));
  CHECK(tests::error_in([] {
          check_size(request({}, {}), 3);
          return 0;
        }) == "7: `demo-1.0-py3-none-any.whl` has 3 bytes instead of the 8 that were announced");
}

TEST_CASE("the digests in a URL", "[index][digests_of_fragment]") {
  const std::string hexadecimal(64, 'a');
  const auto known = digests_of_fragment(
      base::Url::parse("https://h.test/a.whl#egg=a&SHA256=b&md5=" + hexadecimal.substr(32) +
                       "&sha256=" + hexadecimal));
  CHECK(digests_of_fragment(base::Url::parse("https://h.test/a.whl")).empty());
  CHECK(digests_of_fragment(base::Url::parse("https://h.test/a.whl#crc32=00")).empty());
  REQUIRE(known.size() == 2);
  CHECK(known[0].algorithm == base::DigestAlgorithm::kMd5);
  CHECK(base::to_hex(known[1].bytes) == hexadecimal);
  CHECK(known[1].source == DigestSource::kUrl);
  for (const char* const wrong : {"sha256=12", "md5=00"}) {
    CHECK_THROWS_AS(
        digests_of_fragment(base::Url::parse(std::string("https://h.test/a.whl#") + wrong)),
        base::Error);
  }
}

TEST_CASE("weak digests are checked like any other", "[index][digest_check]") {
  for (const auto algorithm : {kMd5, kSha1, kSha224, kSha3With256, kBlake2b, kBlake2s}) {
    CAPTURE(name_of(algorithm));
    const auto right = request({announced(algorithm)}, {});
    CHECK(check_bytes(right, kBody).verification.algorithm == algorithm);
    CHECK(tests::error_in([&] { return check_bytes(right, "another").sha256; }).starts_with("7: "));
    CHECK(has_strong_digest(right) == base::is_strong(algorithm));
  }
  const auto both = request({announced(kMd5), announced(kSha256), announced(kSha1)}, {});
  CHECK(check_bytes(both, kBody).verification.algorithm == kSha256);
}

}  // namespace
}  // namespace ensure::index
