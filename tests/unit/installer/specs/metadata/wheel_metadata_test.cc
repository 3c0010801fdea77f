#include <string>

#include "installer/base/error.h"
#include "installer/specs/metadata/core_metadata.h"
#include "tests/support/catch.h"

namespace ensure::specs {

TEST_CASE("a WHEEL file says whether its root is purelib", "[specs][WheelMetadata]") {
  CHECK(WheelMetadata::parse("Wheel-Version: 1.9\nGenerator: test (1.0)\nRoot-Is-Purelib: TRUE\n"
                             "Tag: py2-none-any\nTag: py3-none-any\nBuild: 3\n\n")
            .root_is_purelib);
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
