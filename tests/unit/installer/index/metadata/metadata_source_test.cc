#include "installer/index/metadata/metadata_source.h"

#include "fake_index.h"
#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wheel_builder.h"

namespace ensure::index {
namespace {

using tests::FakeAnswer;
using tests::FakeHttpClient;

const std::string kFilename = "demo-1.0-py3-none-any.whl";
const std::string kUrl = "https://files.test/demo-1.0-py3-none-any.whl";

/// A wheel that is larger than its tail, with METADATA at its end or at its beginning.
std::string large_wheel(bool metadata_first, const std::string& metadata) {
  testing::WheelBuilder wheel;
  wheel.metadata().content = metadata;
  std::string noise;
  unsigned state = 1;
  for (int i = 0; i < 200'000; ++i) {
    state = state * 1103515245 + 12345;
    noise += static_cast<char>(state >> 16U);
  }
  auto& member = wheel.add("demo/noise", noise);
  member.deflated = false;
  auto& members = wheel.zip.members;
  if (!metadata_first) std::rotate(members.begin(), members.end() - 1, members.end());
  return wheel.build();
}

struct Fixture {
  FakeHttpClient client;
  tests::TempDir directory;
  cache::Cache cache{directory / "cache"};
  Downloader downloader{client, cache};
  std::string body;
  DistributionFile file{.name = specs::PackageName::parse("demo"),
                        .version = specs::Version::parse("1.0"),
                        .is_wheel = true,
                        .request = {.filename = kFilename,
                                    .url = base::Url::parse(kUrl),
                                    .size = std::nullopt,
                                    .digests = {},
                                    .accepted = {}},
                        .yanked = std::nullopt,
                        .provenance = {},
                        .has_metadata = false,
                        .metadata_digests = {},
                        .origin = {}};

  explicit Fixture(std::string bytes) : body(std::move(bytes)) {
    file.request.digests.push_back(
        {base::DigestAlgorithm::kSha256, base::sha256(body), DigestSource::kIndex});
    client.answer(kUrl, {.body = body});
  }

  void announce(const std::string& text) {
    file.has_metadata = true;
    file.metadata_digests = {
        {base::DigestAlgorithm::kSha256, base::sha256(text), DigestSource::kIndex}};
  }

  MetadataResult ask(bool offline = false) {
    MetadataSource source(client, cache, downloader, offline);
    std::optional<MetadataResult> outcome;
    source.start(file, [&outcome](MetadataResult result) { outcome = std::move(result); });
    while (!outcome && client.wait()) {
    }
    REQUIRE(outcome);
    return *std::move(outcome);
  }
};

std::string requirements_in(const MetadataResult& outcome) {
  if (outcome.error) {
    return std::to_string(static_cast<int>(outcome.error->exit_code())) + ": " +
           outcome.error->message();
  }
  if (const auto* const unavailable = std::get_if<resolve::Unavailable>(&outcome.answer)) {
    return unavailable->text;
  }
  std::string text;
  for (const auto& requirement : std::get<resolve::Metadata>(outcome.answer).requires_dist) {
    text += (text.empty() ? "" : ", ") + requirement.to_string();
  }
  return text;
}

const std::string kMetadata = tests::metadata_text("demo", "1.0", {"other>=2"});

TEST_CASE("metadata that are announced are one request", "[index][MetadataSource]") {
  Fixture fixture(large_wheel(false, kMetadata));
  fixture.announce(kMetadata);
  fixture.client.answer(kUrl + ".metadata", {.body = kMetadata});
  CHECK(requirements_in(fixture.ask()) == "other>=2");
  CHECK(fixture.client.requested_urls() == std::vector<std::string>{kUrl + ".metadata"});
  // The next time they are in the cache, offline too.
  CHECK(requirements_in(fixture.ask()) == "other>=2");
  CHECK(requirements_in(fixture.ask(true)) == "other>=2");
  CHECK(fixture.client.requests().size() == 1);
}

TEST_CASE("announced metadata with a wrong digest end the job", "[index][MetadataSource]") {
  Fixture fixture(large_wheel(false, kMetadata));
  fixture.announce(kMetadata);
  fixture.client.answer(kUrl + ".metadata", {.body = kMetadata + "x"});
  CHECK(requirements_in(fixture.ask()).starts_with("7: `demo-1.0-py3-none-any.whl.metadata` is "));
}

TEST_CASE("what happens where there are no announced metadata", "[index][MetadataSource]") {
  struct Case {
    int status;
    std::string outcome;
    bool falls_back;
  };
  for (const Case& test : {Case{404, "other>=2", true},
                           {410, "other>=2", true},
                           {400, "other>=2", true},
                           {500, "5: the server of", false},
                           {401, "6: the server of", false},
                           {403, "6: the server of", false}}) {
    Fixture fixture(large_wheel(false, kMetadata));
    fixture.announce(kMetadata);
    fixture.client.answer(kUrl + ".metadata", {.status = test.status});
    const MetadataResult outcome = fixture.ask();
    CHECK(requirements_in(outcome).starts_with(test.outcome));
    CHECK(outcome.lacks_announced == test.falls_back);
  }
}

TEST_CASE("metadata are read from a wheel's tail", "[index][MetadataSource]") {
  const bool first = GENERATE(true, false);
  const bool knows_size = GENERATE(true, false);
  Fixture fixture(large_wheel(first, kMetadata));
  if (knows_size) fixture.file.request.size = fixture.body.size();
  CHECK(requirements_in(fixture.ask()) == "other>=2");
  const auto& requests = fixture.client.requests();
  // A second range where METADATA is at the other end.
  REQUIRE(requests.size() == (first ? 2 : 1));
  CHECK(requests[0].range->to_string() ==
        (knows_size ? "bytes=" + std::to_string(fixture.body.size() - 32768) + '-' +
                          std::to_string(fixture.body.size() - 1)
                    : "bytes=-32768"));
}

TEST_CASE("a server without ranges gives the wheel once", "[index][MetadataSource]") {
  Fixture fixture(large_wheel(false, kMetadata));
  fixture.client.answer(kUrl, {.body = fixture.body, .supports_ranges = false});
  CHECK(requirements_in(fixture.ask()) == "other>=2");
  CHECK(fixture.client.requests().size() == 1);
  const FetchedWheel wheel = fixture.downloader.fetch_one(fixture.file.request);
  CHECK(wheel.sha256 == base::to_hex(base::sha256(fixture.body)));
  CHECK(fixture.client.requests().size() == 1);
}

TEST_CASE("a server that refuses ranges is asked for the wheel", "[index][MetadataSource]") {
  const int status = GENERATE(416, 501, 405);
  Fixture fixture(large_wheel(false, kMetadata));
  const std::string body = fixture.body;
  FakeHttpClient client;
  client.answer_others([&](const net::Request& request) {
    return request.range ? FakeAnswer{.status = status} : FakeAnswer{.body = body};
  });
  Downloader downloader(client, fixture.cache);
  MetadataSource source(client, fixture.cache, downloader, false);
  for (int round = 0; round < 2; ++round) {
    std::optional<MetadataResult> outcome;
    source.start(fixture.file, [&outcome](MetadataResult result) { outcome = std::move(result); });
    while (!outcome && client.wait()) {
    }
    CHECK(requirements_in(*outcome) == "other>=2");
  }
  CHECK(client.requests().size() == 2);
}

TEST_CASE("a small wheel is fetched as it is", "[index][MetadataSource]") {
  Fixture fixture(tests::wheel_bytes("demo", "1.0", {"other>=2"}));
  fixture.file.request.size = fixture.body.size();
  CHECK(requirements_in(fixture.ask()) == "other>=2");
  REQUIRE(fixture.client.requests().size() == 1);
  CHECK_FALSE(fixture.client.requests()[0].range);
  (void)fixture.downloader.fetch_one(fixture.file.request);
  CHECK(fixture.client.requests().size() == 1);
}

TEST_CASE("a wheel that is not what it says cannot be used", "[index][MetadataSource]") {
  struct Case {
    const char* what;
    std::string body;
    std::string reason;
  };
  const std::string sound = large_wheel(false, kMetadata);
  for (const Case& test : {
           Case{"another project", large_wheel(false, tests::metadata_text("evil", "1.0")),
                "has metadata that cannot be used: it belongs to `evil` 1.0"},
           {"another version", large_wheel(false, tests::metadata_text("demo", "2.0")),
            "has metadata that cannot be used: it belongs to `demo` 2.0"},
           {"no METADATA", large_wheel(false, "nonsense"), "has metadata that cannot be used: "},
           {"cut off", sound.substr(0, sound.size() - 10), "cannot be used: "},
           {"no archive", std::string(100'000, 'x'), "cannot be used: "},
       }) {
    INFO(test.what);
    for (const bool ranges : {true, false}) {
      Fixture fixture(test.body);
      fixture.client.answer(kUrl, {.body = test.body, .supports_ranges = ranges});
      const MetadataResult outcome = fixture.ask();
      if (ranges) CHECK(requirements_in(outcome).starts_with(test.reason));
      CHECK(std::holds_alternative<resolve::Unavailable>(outcome.answer));
      CHECK(outcome.is_refused);
    }
  }
}

TEST_CASE("a requirement that cannot be read makes a version unusable", "[index][MetadataSource]") {
  Fixture fixture(large_wheel(false, tests::metadata_text("demo", "1.0", {"a b"})));
  const MetadataResult outcome = fixture.ask();
  CHECK(requirements_in(outcome).starts_with("has a requirement that cannot be read: "));
  CHECK_FALSE(outcome.is_refused);
}

TEST_CASE("a whole wheel with a wrong digest ends the job", "[index][MetadataSource]") {
  Fixture fixture(large_wheel(false, kMetadata));
  fixture.client.answer(kUrl, {.body = fixture.body + "x", .supports_ranges = false});
  CHECK(requirements_in(fixture.ask()).starts_with("7: `demo-1.0-py3-none-any.whl` is not "));
}

TEST_CASE("a wheel that is listed and not there ends the job", "[index][MetadataSource]") {
  Fixture fixture(large_wheel(false, kMetadata));
  fixture.client.answer(kUrl, {.status = 404});
  CHECK(requirements_in(fixture.ask()).starts_with("5: "));
}

TEST_CASE("without a digest the cache is asked offline only", "[index][MetadataSource]") {
  Fixture fixture(large_wheel(false, kMetadata));
  fixture.file.request.digests.clear();
  CHECK(requirements_in(fixture.ask()) == "other>=2");
  CHECK(requirements_in(fixture.ask()) == "other>=2");
  CHECK(fixture.client.requests().size() == 2);
  CHECK(requirements_in(fixture.ask(true)) == "other>=2");
  CHECK(fixture.client.requests().size() == 2);
}

TEST_CASE("offline, what is not in the cache cannot be used", "[index][MetadataSource]") {
  Fixture fixture(large_wheel(false, kMetadata));
  CHECK(requirements_in(fixture.ask(true)) == "is not in the cache, and the run is offline");
  CHECK(fixture.client.requests().empty());
}

TEST_CASE("metadata go into the cache and come out as they were", "[index][metadata_form]") {
  const std::string text =
      "Metadata-Version: 2.4\nName: demo\nVersion: 1.0\nRequires-Python: >=3.8, !=3.9.*\n"
      "Provides-Extra: Dev.Tools\nProvides-Extra: -bad-\n"
      "Requires-Dist: other[x,y]>=1,<2 ; extra == 'dev-tools' and python_version < '3.12'\n"
      "Requires-Dist: third @ https://host.test/third-1.0.whl\n";
  Fixture fixture("");
  const MetadataSource source(fixture.client, fixture.cache, fixture.downloader, false);
  CHECK_FALSE(source.recall(fixture.file));
  const std::string body = "\n" + std::string(1000, 'x') + "\n";
  const MetadataResult read = source.read(fixture.file, text + body);
  const auto& metadata = std::get<resolve::Metadata>(read.answer);
  const auto again = source.recall(fixture.file);
  REQUIRE(again);
  CHECK(again->requires_python == metadata.requires_python);
  CHECK(again->provides_extra.size() == 1);
  REQUIRE(again->requires_dist.size() == 2);
  CHECK(again->requires_dist[0].to_string() == metadata.requires_dist[0].to_string());
  CHECK(again->requires_dist[1].url == "https://host.test/third-1.0.whl");
  for (const char* const bad : {"", "Name: demo", "Rother\n.\n", "Metadata-Version: 9\n"}) {
    fixture.cache.store_metadata(kFilename, identity_of(fixture.file), bad);
    CHECK_FALSE(source.recall(fixture.file));
  }
}

}  // namespace
}  // namespace ensure::index
