#include "bundled/pack/pins.h"

#include <fstream>

#include "installer/base/error.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"

namespace ensure::bundled {

namespace {

Pins pins_of(std::string_view text) {
  const tests::TempDir folder;
  fs::ofstream(folder / "manifest.json") << text;
  return Pins::read(folder / "manifest.json");
}

}  // namespace

TEST_CASE("A wheel has to have the digest that is pinned", "[bundled][Pins]") {
  const Pins pins = pins_of(R"({"wheels": [{"filename": "a.whl", "sha256": "11"}]})");
  CHECK_NOTHROW(pins.require("a.whl", "11"));
  CHECK_THROWS_AS(pins.require("a.whl", "12"), base::Error);
  CHECK_THROWS_AS(pins.require("b.whl", "11"), base::Error);
}

TEST_CASE("What does not pin wheels is refused", "[bundled][Pins]") {
  CHECK_THROWS_AS(pins_of(""), base::Error);
  CHECK_THROWS_AS(pins_of("{}"), base::Error);
  CHECK_THROWS_AS(pins_of(R"({"wheels": [{"filename": "a.whl"}]})"), base::Error);
  CHECK_THROWS_AS(pins_of(R"({"wheels": [{"filename": "a.whl", "sha256": 1}]})"), base::Error);
}

}  // namespace ensure::bundled
