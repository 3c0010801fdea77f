#include "installer/index/metadata/sdist_source.h"

#include "fake_index.h"
#include "installer/base/digest.h"
#include "installer/base/directory.h"
#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"

namespace ensure::index {
namespace {

const std::string kUrl = "https://files.test/demo-1.0.tar.gz";
const std::string kBody = "source";

FileRequest request_for(const std::string& url, bool with_digest) {
  FileRequest request{.filename = "demo-1.0.tar.gz",
                      .url = base::Url::parse(url),
                      .size = std::nullopt,
                      .digests = {},
                      .accepted = {}};
  if (with_digest) {
    request.digests = {{base::DigestAlgorithm::kSha256, base::sha256(kBody), DigestSource::kIndex}};
  }
  return request;
}

struct Fixture {
  Fixture() : cache(directory / "cache") { client.answer(kUrl, {.body = kBody}); }

  tests::TempDir directory;
  tests::FakeHttpClient client;
  cache::Cache cache;
};

TEST_CASE("an archive is verified, kept, and found by its digest", "[index][SdistSource]") {
  Fixture fixture;
  const SdistSource sdists(fixture.client, fixture.cache, false);
  const FileRequest request = request_for(kUrl, true);
  CHECK_FALSE(sdists.has(request));
  const FetchedSdist first = sdists.fetch(request);
  CHECK(first.content.bytes == kBody);
  CHECK(first.sha256 == base::to_hex(base::sha256(kBody)));
  CHECK(first.verification.source == DigestSource::kIndex);
  CHECK(sdists.has(request));
  CHECK(sdists.fetch(request).content.bytes == kBody);
  CHECK(fixture.client.times_asked(kUrl) == 1);
}

TEST_CASE("another digest is refused, in the cache as well", "[index][SdistSource]") {
  Fixture fixture;
  const SdistSource sdists(fixture.client, fixture.cache, false);
  FileRequest request = request_for(kUrl, true);
  request.digests.front().bytes[0] ^= 1;
  CHECK(tests::error_in([&] { return sdists.fetch(request); }).starts_with("7: "));
  // What somebody has put into the cache is not believed.
  fixture.cache.store_source(*request.sha256(), "something else");
  CHECK(tests::error_in([&] { return sdists.fetch(request); }).starts_with("7: "));
  CHECK(fixture.client.times_asked(kUrl) == 2);
}

TEST_CASE("offline, a URL without a digest is remembered", "[index][SdistSource]") {
  Fixture fixture;
  const FileRequest request = request_for(kUrl, false);
  const SdistSource online(fixture.client, fixture.cache, false);
  const SdistSource offline(fixture.client, fixture.cache, true);
  CHECK(tests::error_in([&] { return offline.fetch(request); }).starts_with("5: "));
  CHECK_FALSE(online.fetch(request).verification.source);
  CHECK(offline.has(request));
  CHECK(offline.fetch(request).content.bytes == kBody);
  // Online it may have changed meanwhile.
  CHECK_FALSE(online.has(request));
}

TEST_CASE("local archives and other schemes", "[index][SdistSource]") {
  Fixture fixture;
  const SdistSource sdists(fixture.client, fixture.cache, true);
  base::Directory::open(fixture.directory.path()).write_file("demo-1.0.tar.gz", kBody);
  const std::string url = base::Url::from_path(fixture.directory / "demo-1.0.tar.gz").to_string();
  CHECK(sdists.fetch(request_for(url, true)).content.bytes == kBody);
  CHECK(tests::error_in([&] {
          return sdists.fetch(request_for("ftp://files.test/a", false));
        }).starts_with("2: "));
}

}  // namespace
}  // namespace ensure::index
