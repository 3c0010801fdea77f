#include <string>
#include <vector>

#include "installer/specs/tags/tag_set.h"
#include "tests/support/catch.h"

namespace ensure::specs {

using Platforms = std::vector<std::string>;

TEST_CASE("manylinux goes down to the oldest of an architecture", "[specs][platform_tags]") {
  CHECK(manylinux_platforms(5, "i686") ==
        Platforms{"manylinux_2_5_i686", "manylinux1_i686", "linux_i686"});
  CHECK(manylinux_platforms(18, "aarch64") == Platforms{"manylinux_2_18_aarch64",
                                                        "manylinux_2_17_aarch64",
                                                        "manylinux2014_aarch64", "linux_aarch64"});
  CHECK(manylinux_platforms(4, "x86_64") == Platforms{"linux_x86_64"});
}

TEST_CASE("musllinux goes down to the first of its major version", "[specs][platform_tags]") {
  CHECK(musllinux_platforms(1, 1, "x86_64") ==
        Platforms{"musllinux_1_1_x86_64", "musllinux_1_0_x86_64", "linux_x86_64"});
}

TEST_CASE("macOS on arm64 takes universal builds for older systems", "[specs][platform_tags]") {
  const Platforms platforms = macos_platforms(12, 6, "arm64");
  CHECK(platforms.front() == "macosx_12_0_arm64");
  CHECK(platforms[4] == "macosx_10_16_universal2");
  CHECK(platforms.back() == "macosx_10_4_universal2");
}

TEST_CASE("other systems are named as they name themselves", "[specs][platform_tags]") {
  CHECK(other_platforms("win-amd64") == Platforms{"win_amd64"});
  CHECK(other_platforms("freebsd-13.2-RELEASE-amd64") == Platforms{"freebsd_13_2_release_amd64"});
}

TEST_CASE("versions that no system has take no time", "[specs][platform_tags]") {
  CHECK(manylinux_platforms(4294967295, "x86_64").size() < 2000);
  CHECK(musllinux_platforms(1, 4294967295, "x86_64").size() < 2000);
  CHECK(macos_platforms(4294967295, 0, "x86_64").size() < 10000);
}

}  // namespace ensure::specs
