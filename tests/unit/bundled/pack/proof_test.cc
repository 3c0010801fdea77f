
#include "bundled/pack/payload_writer.h"
#include "installer/base/error.h"
#include "tests/support/catch.h"
#include "tests/support/sample_wheels.h"

namespace ensure::bundled {

TEST_CASE("A payload proves what it was made of and nothing else", "[bundled][prove_payload]") {
  std::vector<PackedWheel> wheels = sample_wheels();
  const std::string payload = write_payload(wheels, {.level = 1}).bytes;
  CHECK_NOTHROW(prove_payload(payload, wheels));
  SECTION("A file differs") { wheels[0].files[3].content += "x"; }
  SECTION("A file is missing in the payload") {
    wheels[1].files.push_back({.path = "new.py", .content = ""});
  }
  SECTION("A file is only in the payload") { wheels[1].files.pop_back(); }
  SECTION("A permission differs") { wheels[1].files[3].executable = true; }
  SECTION("Bytecode differs") { wheels[1].bytecode[1].files[0].content += "x"; }
  SECTION("Bytecode is missing in the payload") {
    wheels[0].bytecode.push_back(sample_bytecode(wheels[0], "cpython-37"));
  }
  SECTION("A wheel is missing in the payload") { wheels[0].filename = "other.whl"; }
  CHECK_THROWS_AS(prove_payload(payload, wheels), base::Error);
}

TEST_CASE("A payload without bytecode that is required is refused", "[bundled][proof]") {
  const std::string payload = write_payload(sample_wheels(), {.level = 1}).bytes;
  CHECK_NOTHROW(require_bytecode(payload, {}));
  CHECK_NOTHROW(require_bytecode(payload, {"3.12"}));
  try {
    require_bytecode(payload, {"3.8", "3.12", "3.99"});
    FAIL("not refused");
  } catch (const base::Error& error) {
    CHECK(error.message().ends_with("3.99"));
  }
}

}  // namespace ensure::bundled
