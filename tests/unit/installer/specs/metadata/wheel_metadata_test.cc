#include "installer/specs/metadata/wheel_metadata.h"

#include <string>

#include "installer/base/error.h"
#include "tests/support/catch.h"

namespace ensure::specs {

TEST_CASE("the fields of a WHEEL file", "[specs][WheelMetadata]") {
  const WheelMetadata metadata = WheelMetadata::parse(
      "Wheel-Version: 1.9\nGenerator: test (1.0)\nRoot-Is-Purelib: TRUE\nTag: py2-none-any\n"
      "Tag: py3-none-any\nBuild: 3\n\n");
  CHECK(metadata.wheel_version_major == 1);
  CHECK(metadata.wheel_version_minor == 9);
  CHECK(metadata.root_is_purelib);
  CHECK(metadata.generator == "test (1.0)");
  CHECK(metadata.build == "3");
  REQUIRE(metadata.tags.size() == 2);
  CHECK(metadata.tags[1].to_string() == "py3-none-any");
}

TEST_CASE("WHEEL files that have to be refused", "[specs][WheelMetadata]") {
  const std::string sound = "Wheel-Version: 1.0\nRoot-Is-Purelib: false\n";
  CHECK_FALSE(WheelMetadata::parse(sound).root_is_purelib);
  for (const std::string& text :
       {std::string(), std::string("Wheel-Version: 1.0\n"), std::string("Root-Is-Purelib: true\n"),
        std::string("Wheel-Version: 2.0\nRoot-Is-Purelib: true\n"),
        std::string("Wheel-Version: one\nRoot-Is-Purelib: true\n"),
        std::string("Wheel-Version: 1.0\nRoot-Is-Purelib: yes\n"),
        sound + "Root-Is-Purelib: true\n", sound + "Tag: py3\n"}) {
    INFO(text);
    try {
      WheelMetadata::parse(text);
      FAIL_CHECK("accepted");
    } catch (const base::ParseError& error) {
      CHECK(error.exit_code() == base::ExitCode::kVerification);
      CHECK_FALSE(error.hints().empty());
    }
  }
}

}  // namespace ensure::specs
