#include "installer/index/downloads/downloader.h"

#include <fstream>
#include <map>

#include "fake_index.h"
#include "installer/cache/upkeep.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"

namespace ensure::index {
namespace {

using tests::FakeHttpClient;

std::string url_of(const std::string& filename) { return "https://files.test/" + filename; }

FileRequest request_for(const std::string& filename, const std::string& body) {
  return {.filename = filename,
          .url = base::Url::parse(url_of(filename)),
          .size = body.size(),
          .digests = {{base::DigestAlgorithm::kSha256, base::sha256(body), DigestSource::kIndex}},
          .accepted = {}};
}

struct Fixture {
  FakeHttpClient client;
  tests::TempDir directory;
  cache::Cache cache{directory / "cache"};
  std::string body = tests::wheel_bytes("demo", "1.0");
  FileRequest request = request_for("demo-1.0-py3-none-any.whl", body);

  Fixture() { serve({}); }

  void serve(std::vector<net::Header> headers) {
    client.answer(url_of("demo-1.0-py3-none-any.whl"),
                  {.headers = std::move(headers), .body = body});
  }
  FetchedWheel fetch(bool offline = false) {
    Downloader downloader(client, cache, {.offline = offline});
    return downloader.fetch_one(request);
  }
  std::string error(bool offline = false) {
    return tests::error_in([&] { return fetch(offline); });
  }
};

std::map<std::string, std::string> files_in(const wheel::WheelSource& source) {
  std::map<std::string, std::string> files;
  for (std::size_t part = 0; part < source.part_count(); ++part) {
    source.read_part(
        part, [&files](const wheel::WheelFile& file) { files.emplace(file.path, file.content); });
  }
  return files;
}

TEST_CASE("a wheel is fetched, verified, and found in the cache again", "[index][Downloader]") {
  Fixture fixture;
  const FetchedWheel fresh = fixture.fetch();
  CHECK(fresh.sha256 == base::to_hex(base::sha256(fixture.body)));
  CHECK(fresh.verification.source == DigestSource::kIndex);
  CHECK_FALSE(fresh.from_cache);
  CHECK(fresh.archive->name().normalized() == "demo");
  // Before it is read, nothing is kept.
  CHECK_FALSE(fixture.cache.find_wheel(fresh.sha256));
  const auto files = files_in(*fresh.source);
  CHECK(files.contains("demo/__init__.py"));

  const FetchedWheel again = fixture.fetch();
  CHECK(again.from_cache);
  CHECK(again.verification.source == DigestSource::kIndex);
  CHECK(files_in(*again.source) == files);
  CHECK(fixture.client.requests().size() == 1);
  CHECK(fixture.fetch(true).from_cache);
}

TEST_CASE("what is not as announced is refused", "[index][Downloader]") {
  Fixture fixture;
  const std::string other = tests::wheel_bytes("demo", "1.0", {"evil"});
  SECTION("another file") {
    fixture.request.size.reset();
    fixture.client.answer(fixture.request.url.to_string(), {.body = other});
    CHECK(
        fixture.error().starts_with("7: `demo-1.0-py3-none-any.whl` is not the file that the "
                                    "index announced: expected `sha256:"));
  }
  SECTION("too short") {
    fixture.client.answer(fixture.request.url.to_string(), {.body = fixture.body.substr(9)});
    CHECK(fixture.error().starts_with("7: `demo-1.0-py3-none-any.whl` has "));
  }
  SECTION("too long") {
    fixture.client.answer(fixture.request.url.to_string(), {.body = fixture.body + "x"});
    CHECK(fixture.error().starts_with("7: "));
  }
  SECTION("a digest that the requirements do not accept") {
    fixture.request.accepted = {{"sha256", std::string(64, '0')}};
    CHECK(fixture.error().starts_with("7: "));
    CHECK(fixture.client.requests().empty());
  }
  SECTION("a wheel with another name") {
    fixture.request = request_for("other-1.0-py3-none-any.whl", fixture.body);
    fixture.client.answer(fixture.request.url.to_string(), {.body = fixture.body});
    CHECK(fixture.error().starts_with("7: `other-1.0-py3-none-any.whl` is refused: "));
  }
  CHECK(cache::measure(fixture.cache.path()).files == 0);
}

TEST_CASE("answers that are no file", "[index][Downloader]") {
  Fixture fixture;
  fixture.client.answer(fixture.request.url.to_string(), {.status = 404});
  CHECK(fixture.error().starts_with("5: "));
  fixture.client.answer(fixture.request.url.to_string(), {.status = 403});
  CHECK(fixture.error().starts_with("6: "));
  fixture.client.fail(fixture.request.url.to_string(), {base::ExitCode::kNetwork, "no route"});
  CHECK(fixture.error() == "5: no route");
  CHECK(fixture.error(true) ==
        "5: `demo-1.0-py3-none-any.whl` is not in the cache, and the run is offline");
  fixture.request.url = base::Url::parse("ftp://files.test/demo-1.0-py3-none-any.whl");
  CHECK(fixture.error().starts_with("2: "));
}

TEST_CASE("without a digest the server has to vouch for the cache", "[index][Downloader]") {
  Fixture fixture;
  fixture.request.digests.clear();
  fixture.serve({{"ETag", "\"1\""}});
  const FetchedWheel fresh = fixture.fetch();
  CHECK_FALSE(fresh.verification.source);
  (void)files_in(*fresh.source);

  const FetchedWheel confirmed = fixture.fetch();
  CHECK(confirmed.from_cache);
  CHECK(confirmed.sha256 == fresh.sha256);
  CHECK(fixture.client.requests().back().headers.back().value == "\"1\"");

  // Another file at the same URL is noticed.
  fixture.body = tests::wheel_bytes("demo", "1.0", {"more"});
  fixture.request.size = fixture.body.size();
  fixture.serve({{"ETag", "\"2\""}});
  const FetchedWheel changed = fixture.fetch();
  CHECK_FALSE(changed.from_cache);
  CHECK(changed.sha256 == base::to_hex(base::sha256(fixture.body)));
  (void)files_in(*changed.source);
  CHECK(fixture.fetch(true).sha256 == changed.sha256);
}

TEST_CASE("a digest that the requirements give finds the cache", "[index][Downloader]") {
  Fixture fixture;
  (void)files_in(*fixture.fetch().source);
  fixture.request.digests.clear();
  fixture.request.accepted = {{"sha256", std::string(64, '0')},
                              {"sha256", base::to_hex(base::sha256(fixture.body))}};
  const FetchedWheel wheel = fixture.fetch();
  CHECK(wheel.from_cache);
  CHECK(wheel.verification.source == DigestSource::kRequirement);
  // One by another algorithm can only be checked on the published file.
  fixture.request.accepted = {{"sha512", std::string(128, '0')}};
  CHECK(fixture.error().starts_with("7: "));
}

TEST_CASE("a damaged wheel in the cache is fetched again", "[index][Downloader]") {
  Fixture fixture;
  const FetchedWheel fresh = fixture.fetch();
  const auto file = fixture.cache.new_wheel(fresh.sha256);
  file->write_at(0, "nonsense");
  REQUIRE(file->keep());
  CHECK_FALSE(fixture.fetch().from_cache);
  CHECK(fixture.client.requests().size() == 2);
}

TEST_CASE("a wheel whose content is damaged in the cache is dropped when that is noticed",
          "[index][Downloader]") {
  Fixture fixture;
  {
    const FetchedWheel fresh = fixture.fetch();
    const std::string module = files_in(*fresh.source).at("demo/__init__.py");
    for (const auto& entry : fs::recursive_directory_iterator(fixture.directory / "cache")) {
      if (!entry.is_regular_file()) continue;
      const fs::path stored(entry.path().string());
      std::string bytes = base::read_file(stored);
      const std::size_t place = bytes.find(module);
      if (place == std::string::npos) continue;
      bytes.at(place) ^= 1;
      fs::permissions(stored, fs::perms::owner_all);
      fs::ofstream(stored, std::ios::binary) << bytes;
    }
  }
  const FetchedWheel cached = fixture.fetch();
  REQUIRE(cached.from_cache);
  CHECK_THROWS_AS(files_in(*cached.source), base::Error);
  const FetchedWheel again = fixture.fetch();
  CHECK_FALSE(again.from_cache);
  CHECK_NOTHROW(files_in(*again.source));
}

TEST_CASE("many wheels come all at once, larger ones first", "[index][Downloader]") {
  Fixture fixture;
  std::vector<FileRequest> requests;
  std::map<std::string, std::string> bodies;
  for (int i = 0; i < 20; ++i) {
    const std::string name = "p" + std::to_string(i);
    const std::string filename = name + "-1.0-py3-none-any.whl";
    const std::string body = tests::wheel_bytes(
        name, "1.0", std::vector<std::string>(static_cast<std::size_t>(i), name));
    fixture.client.answer(url_of(filename), {.body = body});
    requests.push_back(request_for(filename, body));
  }
  requests.insert(requests.begin() + 5, fixture.request);
  Downloader downloader(fixture.client, fixture.cache);
  std::vector<bool> seen(requests.size());
  downloader.fetch(requests, [&](std::size_t place, const FetchedWheel& wheel) {
    CHECK_FALSE(seen[place]);
    seen[place] = true;
    CHECK(wheel.request.filename == requests[place].filename);
    (void)files_in(*wheel.source);
  });
  CHECK(std::ranges::count(seen, true) == 21);
  CHECK(fixture.client.most_under_way() == 21);
  const auto& asked = fixture.client.requests();
  CHECK(std::ranges::is_sorted(asked, std::ranges::greater{},
                               [](const net::Request& request) { return request.size_limit; }));

  // From the cache they come without the network.
  std::size_t count = 0;
  downloader.fetch(requests, [&](std::size_t, const FetchedWheel& wheel) {
    CHECK(wheel.from_cache);
    ++count;
  });
  CHECK(count == 21);
  CHECK(asked.size() == 21);
}

TEST_CASE("a listener hears of downloads only", "[index][Downloader]") {
  struct Listener : DownloadListener {
    std::string heard;
    void started(std::string_view filename, std::optional<std::uint64_t> size) override {
      heard += "start " + std::string(filename) + ' ' + std::to_string(size.value_or(0)) + '\n';
    }
    void received(std::string_view /*filename*/, std::uint64_t bytes) override { total += bytes; }
    void finished(std::string_view /*filename*/) override { heard += "end\n"; }
    std::uint64_t total = 0;
  };
  Fixture fixture;
  Listener listener;
  for (int round = 0; round < 2; ++round) {
    Downloader downloader(fixture.client, fixture.cache, {.listener = &listener});
    (void)files_in(*downloader.fetch_one(fixture.request).source);
  }
  CHECK(listener.heard ==
        "start demo-1.0-py3-none-any.whl " + std::to_string(fixture.body.size()) + "\nend\n");
  CHECK(listener.total == fixture.body.size());
}

TEST_CASE("local wheels", "[index][Downloader]") {
  Fixture fixture;
  const base::Directory directory = base::Directory::open(fixture.directory.path());
  directory.write_file("demo-1.0-py3-none-any.whl", fixture.body);
  fixture.request.url = base::Url::from_path(fixture.directory / "demo-1.0-py3-none-any.whl");
  CHECK(fixture.fetch(true).verification.source == DigestSource::kIndex);
  fixture.request.digests.front().bytes[0] ^= 1;
  CHECK(fixture.error().starts_with("7: "));
}

}  // namespace
}  // namespace ensure::index
