#include "installer/install/installed/distribution.h"
#include "tests/support/catch.h"
#include "wheel_target.h"

namespace ensure::install {

namespace {

Distribution only_one(const WheelTarget& target) {
  const std::vector<Distribution> found =
      find_distributions(target.site(), specs::PackageName::parse("demo"));
  REQUIRE(found.size() == 1);
  return found.front();
}

TEST_CASE("installed files are compared with a wheel by their digests", "[install][same_content]") {
  const WheelTarget target;
  const auto wheel = wheel_of("demo", {{"demo.py", "x = 1\n"}, {"more.py", ""}});
  InstallOptions options;
  options.requested = true;
  options.direct_url = "{}";
  (void)target.install({open_wheel(wheel)}, options);
  const Distribution installed = only_one(target);
  CHECK(has_content_of(installed, *open_wheel(wheel)));
  CHECK_FALSE(has_content_of(
      installed, *open_wheel(wheel_of("demo", {{"demo.py", "x = 2\n"}, {"more.py", ""}}))));
  CHECK_FALSE(has_content_of(installed, *open_wheel(wheel_of("demo", {{"demo.py", "x = 1\n"}}))));
  CHECK_FALSE(has_content_of(
      installed,
      *open_wheel(wheel_of("demo", {{"demo.py", "x = 1\n"}, {"more.py", ""}, {"new.py", ""}}))));
}

}  // namespace

}  // namespace ensure::install
