#include "installer/specs/tags/tag_set.h"

#include <string>
#include <vector>

#include "tests/support/catch.h"

namespace ensure::specs {
namespace {

TagSet cpython(std::uint32_t minor, const char* abiflags) {
  return {"cp", 3, minor, cpython_abis(3, minor, abiflags), manylinux_platforms(36, "x86_64")};
}

bool takes(const TagSet& set, const char* tags) {
  return set.rank(*try_parse_tags(tags)).has_value();
}

}  // namespace

TEST_CASE("a CPython takes its own, stable and pure tags", "[specs][TagSet]") {
  const TagSet set = cpython(12, "");
  CHECK(takes(set, "cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64"));
  CHECK(takes(set, "cp39-abi3-linux_x86_64"));
  CHECK(takes(set, "py2.py3-none-any"));
  CHECK(takes(set, "py30-none-any"));
  CHECK_FALSE(takes(set, "cp311-cp311-linux_x86_64"));
  CHECK_FALSE(takes(set, "cp313-abi3-linux_x86_64"));
  CHECK_FALSE(takes(set, "cp312-cp312t-linux_x86_64"));
  CHECK_FALSE(takes(set, "cp312-cp312-manylinux_2_37_x86_64"));
  CHECK_FALSE(takes(set, "cp312-cp312-any"));
  CHECK_FALSE(takes(set, "py2-none-any"));
}

TEST_CASE("more specific tags come first", "[specs][TagSet]") {
  const TagSet set = cpython(12, "");
  const auto rank = [&set](const char* tags) { return *set.rank(*try_parse_tags(tags)); };
  CHECK(rank("cp312-cp312-manylinux_2_36_x86_64") == 0);
  CHECK(rank("cp312-cp312-linux_x86_64") < rank("cp312-abi3-manylinux_2_36_x86_64"));
  CHECK(rank("cp312-abi3-linux_x86_64") < rank("cp311-abi3-linux_x86_64"));
  CHECK(rank("py3-none-linux_x86_64") < rank("cp312-none-any"));
  CHECK(rank("py3-none-any.linux_x86_64") == rank("py3-none-linux_x86_64"));
}

TEST_CASE("a free-threaded CPython takes no modules that need the lock", "[specs][TagSet]") {
  const TagSet set = cpython(14, "t");
  CHECK(takes(set, "cp314-cp314t-linux_x86_64"));
  CHECK(takes(set, "cp314-abi3t-linux_x86_64"));
  CHECK(takes(set, "py3-none-any"));
  CHECK_FALSE(takes(set, "cp314-cp314-linux_x86_64"));
  CHECK_FALSE(takes(set, "cp39-abi3-linux_x86_64"));
}

TEST_CASE("a debug build takes modules of release builds", "[specs][TagSet]") {
  CHECK(cpython_abis(3, 12, "d") == std::vector<std::string>{"cp312d", "cp312"});
  CHECK(cpython_abis(3, 13, "td") == std::vector<std::string>{"cp313td", "cp313t"});
  CHECK(cpython_abis(3, 7, "dm") == std::vector<std::string>{"cp37dm"});
}

TEST_CASE("the best tag has rank 0", "[specs][TagSet]") {
  const TagSet set("pp", 3, 10, {"pypy310_pp73"}, {"linux_x86_64"});
  CHECK(set.best().to_string() == "pp310-pypy310_pp73-linux_x86_64");
  CHECK(set.rank(set.best()) == 0U);
  CHECK(takes(set, "pp3-none-any"));
}

TEST_CASE("a minor version that no Python has takes no time", "[specs][TagSet]") {
  CHECK(cpython(4294967295, "").size() < 100000);
}

TEST_CASE("the tag that comes nearest to what is offered", "[specs][TagSet]") {
  const TagSet set = cpython(12, "");
  const auto nearest = [&set](const char* offered) {
    const TagSet::Nearest found = set.nearest(*try_parse_tags(offered));
    return found.tag.to_string() + (found.fits_platform ? "" : " on another platform");
  };
  CHECK(nearest("cp311.cp313-cp311.cp313-manylinux_2_17_x86_64") ==
        "cp312-cp312-manylinux_2_17_x86_64");
  CHECK(nearest("cp313-cp313-win_amd64.manylinux2014_x86_64") ==
        "cp312-cp312-manylinux2014_x86_64");
  CHECK(nearest("cp312-cp312-manylinux_2_99_x86_64") ==
        "cp312-cp312-manylinux_2_36_x86_64 on another platform");
  CHECK(nearest("cp38-abi3-win_amd64") == "cp38-abi3-manylinux_2_36_x86_64 on another platform");
  CHECK(nearest("cp39-cp39-win32") == "cp312-cp312-manylinux_2_36_x86_64 on another platform");
  CHECK(nearest("py2-none-any") == "py3-none-any");
}

}  // namespace ensure::specs
