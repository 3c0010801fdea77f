#include "bundled/pack/payload_writer.h"

#include <algorithm>

#include "bundled/payload/bundle.h"
#include "tests/support/catch.h"
#include "tests/support/sample_wheels.h"

namespace ensure::bundled {

namespace {

constexpr PayloadSettings kSettings{.slice_size = 2000};

/// Everything in a bundle is what was packed.
void check_content(const PackedPayload& payload) {
  const Bundle bundle(payload.bytes);
  REQUIRE(bundle.wheels().size() == payload.wheels.size());
  for (std::size_t i = 0; i < payload.wheels.size(); ++i) {
    const BundledWheel& wheel = bundle.wheels()[i];
    CHECK(files_of(bundle, wheel, {}) == files_of(payload.wheels[i], {}));
    REQUIRE(wheel.bytecode.size() == payload.wheels[i].bytecode.size());
    for (const std::string& tag : wheel.bytecode_tags()) {
      CHECK(files_of(bundle, wheel, tag) == files_of(payload.wheels[i], tag));
    }
  }
}

}  // namespace

TEST_CASE("The same wheels make the same bytes", "[bundled][write_payload]") {
  std::vector<PackedWheel> wheels = sample_wheels();
  const std::string payload = write_payload(wheels, kSettings).bytes;
  CHECK(write_payload(wheels, {.slice_size = 2000, .threads = 3}).bytes == payload);
  std::ranges::reverse(wheels);
  for (PackedWheel& wheel : wheels) {
    std::ranges::reverse(wheel.files);
    std::ranges::reverse(wheel.bytecode);
  }
  CHECK(write_payload(wheels, kSettings).bytes == payload);
}

TEST_CASE("Older releases and bytecode are stored as differences", "[bundled][write_payload]") {
  PackedWheel newer = sample_wheel("2.0", ">=3.10");
  const std::size_t alone = write_payload({newer}, kSettings).bytes.size();
  PackedWheel older = newer;
  older.version = specs::Version::parse("1.0");
  newer.bytecode.push_back(sample_bytecode(newer, "cpython-312"));
  CHECK(write_payload({newer, older}, kSettings).bytes.size() < 2 * alone);
}

TEST_CASE("Wheels of other projects stand for themselves", "[bundled][write_payload]") {
  std::vector<PackedWheel> wheels = sample_wheels();
  wheels[0].name = specs::PackageName::parse("other");
  const PackedPayload payload = write_payload(wheels, kSettings);
  const Bundle bundle(payload.bytes);
  for (const BundledWheel& wheel : bundle.wheels()) CHECK_FALSE(wheel.base);
  check_content(payload);
}

TEST_CASE("Slices of any size hold all files", "[bundled][write_payload]") {
  for (const std::size_t slice_size : {1U, 700U, 5000U, 1'000'000U}) {
    check_content(write_payload(sample_wheels(), {.level = 1, .slice_size = slice_size}));
  }
}

TEST_CASE("A payload may hold no wheels", "[bundled][write_payload]") {
  CHECK(Bundle(write_payload({}, kSettings).bytes).wheels().empty());
}

TEST_CASE("Bytecode for the oldest Pythons gives way where room is short",
          "[bundled][write_payload]") {
  const PackedPayload whole = write_payload(sample_wheels(), kSettings);
  const auto within = [&](std::size_t limit) {
    PackedPayload payload =
        write_payload(sample_wheels(), {.slice_size = kSettings.slice_size, .limit = limit});
    check_content(payload);
    return payload;
  };

  const PackedPayload tighter = within(whole.bytes.size() - 1);
  CHECK(tighter.bytes.size() < whole.bytes.size());
  CHECK(tighter.wheels.back().bytecode.size() + 1 == whole.wheels.back().bytecode.size());
  CHECK(tighter.wheels.front().bytecode.size() == whole.wheels.front().bytecode.size());

  const PackedPayload none = within(0);
  for (const PackedWheel& wheel : none.wheels) CHECK(wheel.bytecode.empty());
  const PackedPayload newest =
      within(none.bytes.size() + (whole.bytes.size() - none.bytes.size()) / 2);
  CHECK(newest.wheels.front().bytecode.front().cache_tag == "cpython-312");
}

}  // namespace ensure::bundled
