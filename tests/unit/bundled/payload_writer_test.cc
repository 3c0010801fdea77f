#include "bundled/pack/payload_writer.h"

#include <algorithm>

#include "bundled/bundle.h"
#include "tests/support/catch.h"
#include "tests/support/sample_wheels.h"

namespace ensure::bundled {

TEST_CASE("The same wheels make the same bytes", "[bundled][write_payload]") {
  std::vector<PackedWheel> wheels = sample_wheels();
  const std::string payload = write_payload(wheels, {.parts = 4});
  CHECK(write_payload(wheels, {.parts = 4, .threads = 3}) == payload);
  std::ranges::reverse(wheels);
  for (PackedWheel& wheel : wheels) std::ranges::reverse(wheel.files);
  CHECK(write_payload(wheels, {.parts = 4}) == payload);
}

TEST_CASE("Older releases and bytecode are stored as differences", "[bundled][write_payload]") {
  PackedWheel newer = sample_wheel("2.0", ">=3.10");
  const std::size_t alone = write_payload({newer}, {.parts = 4}).size();
  PackedWheel older = newer;
  older.version = specs::Version::parse("1.0");
  newer.bytecode.push_back(sample_bytecode(newer, "cpython-312"));
  CHECK(write_payload({newer, older}, {.parts = 4}).size() < 2 * alone);
}

TEST_CASE("Wheels of other projects stand for themselves", "[bundled][write_payload]") {
  std::vector<PackedWheel> wheels = sample_wheels();
  wheels[0].name = specs::PackageName::parse("other");
  const std::string payload = write_payload(wheels, {.parts = 4});
  const Bundle bundle(payload);
  CHECK_FALSE(bundle.wheels()[0].base);
  CHECK_FALSE(bundle.wheels()[1].base);
  CHECK(files_of(bundle, bundle.wheels()[1], {}) == files_of(wheels[0], {}));
}

TEST_CASE("Any number of parts holds all files", "[bundled][write_payload]") {
  const std::vector<PackedWheel> wheels = sample_wheels();
  for (const std::size_t parts : {2U, 3U, 9U, 40U}) {
    const std::string payload = write_payload(wheels, {.level = 1, .parts = parts});
    const Bundle bundle(payload);
    CHECK(bundle.wheels()[0].part_count() == parts);
    CHECK(files_of(bundle, bundle.wheels()[0], "cpython-310") ==
          files_of(wheels[1], "cpython-310"));
    CHECK(files_of(bundle, bundle.wheels()[1], "cpython-38") == files_of(wheels[0], "cpython-38"));
  }
}

TEST_CASE("A payload may hold no wheels", "[bundled][write_payload]") {
  const std::string payload = write_payload({}, {.parts = 4});
  CHECK(Bundle(payload).wheels().empty());
}

}  // namespace ensure::bundled
