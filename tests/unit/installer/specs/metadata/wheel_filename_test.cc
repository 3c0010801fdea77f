#include <string>

#include "installer/base/error.h"
#include "installer/specs/metadata/distribution_filename.h"
#include "tests/support/catch.h"

namespace ensure::specs {

TEST_CASE("the parts of a wheel's name", "[specs][WheelFilename]") {
  const WheelFilename wheel = WheelFilename::parse("Foo_Bar-1.0rc1-12b-PY2.py3-none-any.whl");
  CHECK(wheel.name() == PackageName::parse("foo-bar"));
  CHECK(wheel.version() == Version::parse("1.0rc1"));
  REQUIRE(wheel.build());
  CHECK(wheel.build()->number.value == 12);
  CHECK(wheel.build()->rest == "b");
  REQUIRE(wheel.tags().size() == 2);
  CHECK(wheel.tags()[0].to_string() == "py2-none-any");
  CHECK(wheel.tags()[1].to_string() == "py3-none-any");
  CHECK(wheel.to_string() == "Foo_Bar-1.0rc1-12b-PY2.py3-none-any.whl");
}

TEST_CASE("build numbers compare as numbers first", "[specs][WheelFilename]") {
  const auto build = [](const char* text) {
    return *WheelFilename::parse(std::string("a-1-") + text + "-py3-none-any.whl").build();
  };
  CHECK(build("2") < build("10"));
  CHECK(build("10") < build("10a"));
  CHECK(build("10a") < build("10b"));
  CHECK(build("99999999999999999998") < build("99999999999999999999"));
}

TEST_CASE("what is no name of a wheel is refused", "[specs][WheelFilename]") {
  const std::string long_name(300, 'a');
  for (const std::string& text :
       {std::string(), std::string(".whl"), std::string("a-1-py3-none-any.zip"),
        std::string("a-1-py3-none-any.WHL"), std::string("a-1-py3-none.whl"),
        std::string("a-1-b1-py3-none-any.whl"), std::string("a-1--py3-none-any.whl"),
        std::string("a-x-py3-none-any.whl"), std::string("a__b-1-py3-none-any.whl"),
        std::string("-1-py3-none-any.whl"), std::string("a-1-py3-none-.whl"),
        std::string("a-1-py3.-none-any.whl"), std::string("../a-1-py3-none-any.whl"),
        std::string("a-1-1/../../x-py3-none-any.whl"), std::string("a- 1-py3-none-any.whl"),
        std::string("a-1-py3-none-any\0.whl", 21), long_name + "-1-py3-none-any.whl"}) {
    INFO(text);
    CHECK_FALSE(WheelFilename::try_parse(text));
    CHECK_THROWS_AS(WheelFilename::parse(text), base::ParseError);
  }
}

}  // namespace ensure::specs
