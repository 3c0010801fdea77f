#include "installer/specs/tags/tag_set.h"
#include "tests/support/catch.h"

namespace ensure::specs {
namespace {

TargetPython target(const char* full_version) {
  MarkerEnvironment environment;
  environment.python_full_version = full_version;
  return {environment, {"cp", 3, 13, {"cp313"}, {"linux_x86_64"}}};
}

}  // namespace

TEST_CASE("the version of a target is its full version", "[specs][TargetPython]") {
  CHECK(target("3.13.1").version == Version::parse("3.13.1"));
  CHECK(target("3.14.0rc1").version == Version::parse("3.14rc1"));
  // Built from a checkout: newer than the pre-release it is called after.
  CHECK(target("3.13.0a1+").version > Version::parse("3.13.0a1"));
  CHECK_THROWS(target("x"));
}

}  // namespace ensure::specs
