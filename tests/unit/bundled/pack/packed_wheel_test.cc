#include "bundled/pack/packed_wheel.h"

#include <fstream>

#include "installer/base/error.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/sample_wheels.h"
#include "tests/support/temp_dir.h"

namespace ensure::bundled {

namespace {

void require_pinned_by(std::string_view text, const std::string& filename,
                       const std::string& sha256) {
  const tests::TempDir directory;
  fs::ofstream(directory / "manifest.json") << text;
  PackedWheel wheel = sample_wheel("1.0", "");
  wheel.filename = filename;
  wheel.sha256 = sha256;
  require_pinned(directory / "manifest.json", wheel);
}

}  // namespace

TEST_CASE("A wheel has to have the digest that is pinned", "[bundled][require_pinned]") {
  const char* const pins = R"({"wheels": [{"filename": "a.whl", "sha256": "11"}]})";
  CHECK_NOTHROW(require_pinned_by(pins, "a.whl", "11"));
  CHECK_THROWS_AS(require_pinned_by(pins, "a.whl", "12"), base::Error);
  CHECK_THROWS_AS(require_pinned_by(pins, "b.whl", "11"), base::Error);
}

TEST_CASE("What does not pin wheels is refused", "[bundled][require_pinned]") {
  for (const char* text : {"", "{}", R"({"wheels": [{"filename": "a.whl"}]})",
                           R"({"wheels": [{"filename": "a.whl", "sha256": 1}]})"}) {
    CHECK_THROWS_AS(require_pinned_by(text, "a.whl", "11"), base::Error);
  }
}

}  // namespace ensure::bundled
