#include "installer/wheel/remote_metadata.h"

#include "installer/base/error.h"
#include "tests/support/catch.h"
#include "tests/support/wheel_builder.h"

namespace ensure::wheel {
namespace {

using testing::WheelBuilder;

const specs::WheelFilename kFilename = specs::WheelFilename::parse("demo-1.0-py3-none-any.whl");
const std::string kMetadata =
    "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n\nA demonstration.\n";

/// Fetches what is wanted until METADATA is there; how many pieces that took besides the tail.
struct Found {
  std::string metadata;
  int pieces = 0;
};

Found find_in(const std::string& wheel, std::size_t tail_size) {
  tail_size = std::min(tail_size, wheel.size());
  WheelTail tail{wheel.size() - tail_size, wheel.substr(wheel.size() - tail_size)};
  std::optional<WheelTail> piece;
  for (int pieces = 0; pieces < 4; ++pieces) {
    const auto found = find_remote_metadata(kFilename, tail, piece ? &*piece : nullptr);
    if (const auto* const text = std::get_if<std::string>(&found)) return {*text, pieces};
    const ByteSpan span = std::get<ByteSpan>(found);
    REQUIRE(span.first <= span.last);
    REQUIRE(span.last < wheel.size());
    piece = WheelTail{span.first, wheel.substr(span.first, span.last - span.first + 1)};
    if (span.last + 1 == tail.offset) {
      tail = {piece->offset, piece->bytes + tail.bytes};
      piece.reset();
    }
  }
  FAIL("METADATA was never found");
  return {};
}

WheelBuilder builder(bool metadata_first) {
  WheelBuilder wheel;
  for (int i = 0; i < 200; ++i) {
    auto& member = wheel.add("demo/module" + std::to_string(i) + ".py", std::string(100, 'x'));
    member.deflated = i % 2 == 0;
  }
  if (!metadata_first) {
    auto& members = wheel.zip.members;
    std::rotate(members.begin(), members.begin() + 4, members.end());
  }
  return wheel;
}

TEST_CASE("METADATA is found from a wheel's tail of any size", "[wheel][remote_metadata]") {
  const bool first = GENERATE(true, false);
  WheelBuilder wheel = builder(first);
  wheel.zip.zip64_end = GENERATE(true, false);
  wheel.metadata().deflated = GENERATE(true, false);
  const std::string bytes = wheel.build();
  int most = 0;
  for (std::size_t size = 100; size <= bytes.size() + 100; size += 97) {
    const Found found = find_in(bytes, size);
    CHECK(found.metadata == kMetadata);
    most = std::max(most, found.pieces);
    if (size >= bytes.size()) CHECK(found.pieces == 0);
  }
  CHECK(most == 2);
}

TEST_CASE("tails of something else are refused", "[wheel][remote_metadata]") {
  const std::string sound = builder(false).build();
  struct Case {
    const char* what;
    std::string bytes;
  };
  WheelBuilder renamed = builder(false);
  renamed.rename_dist_info("demo-2.0.dist-info");
  WheelBuilder without = builder(false);
  without.remove("demo-1.0.dist-info/METADATA");
  WheelBuilder damaged = builder(false);
  damaged.metadata().lie = [](testing::ZipFields& local, testing::ZipFields& central) {
    local.crc32 = central.crc32 = 1;
  };
  WheelBuilder twice = builder(false);
  twice.zip.members.push_back(twice.metadata());
  WheelBuilder other_name = builder(false);
  other_name.metadata().lie = [](testing::ZipFields& local, testing::ZipFields& /*central*/) {
    local.path = "demo-1.0.dist-info/METADATB";
  };
  WheelBuilder lying = builder(false);
  lying.zip.lie = [](testing::ZipEndFields& end) { end.entries += 1; };
  WheelBuilder elsewhere = builder(false);
  elsewhere.zip.lie = [](testing::ZipEndFields& end) { end.directory_offset -= 1; };
  WheelBuilder bomb = builder(false);
  bomb.metadata().lie = [](testing::ZipFields& local, testing::ZipFields& central) {
    local.size = central.size = 0x7FFFFFFF;
  };
  for (const Case& test : {Case{"nothing", ""},
                           {"text", std::string(1000, 'x')},
                           {"cut off", sound.substr(0, sound.size() - 1)},
                           {"another version", renamed.build()},
                           {"no METADATA", without.build()},
                           {"damaged", damaged.build()},
                           {"twice", twice.build()},
                           {"another name", other_name.build()},
                           {"entries lie", lying.build()},
                           {"directory elsewhere", elsewhere.build()},
                           {"bomb", bomb.build()}}) {
    INFO(test.what);
    CHECK_THROWS_AS(find_in(test.bytes, 4096), base::Error);
  }
}

TEST_CASE("spoiled tails never crash", "[wheel][remote_metadata]") {
  const std::string sound = builder(false).build();
  unsigned state = 7;
  const auto random = [&state](std::size_t limit) {
    state = state * 1103515245 + 12345;
    return (state >> 8U) % limit;
  };
  int refused = 0;
  for (int round = 0; round < 3000; ++round) {
    WheelTail tail{sound.size() - 8000, sound.substr(sound.size() - 8000)};
    for (int change = 0; change < 3; ++change) {
      tail.bytes[tail.bytes.size() - 1 - random(round % 2 == 0 ? 60 : 8000)] =
          static_cast<char>(random(256));
    }
    try {
      (void)find_remote_metadata(kFilename, tail);
    } catch (const base::Error&) {
      ++refused;
    }
  }
  CHECK(refused > 300);
}

}  // namespace
}  // namespace ensure::wheel
