#include "installer/resolve/solver/release_files.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "installer/specs/tags/platform_tags.h"
#include "tests/support/catch.h"

namespace ensure::resolve {
namespace {

/// A file as the cases below write it.
struct File {
  std::string
      wheel;  ///< its tags, with a build number before them; empty for a source distribution
  std::string requires_python;
  bool yanked = false;
  std::optional<std::int64_t> upload_time;
};

File wheel(const std::string& tags, const std::string& requires_python = {}, bool yanked = false,
           std::optional<std::int64_t> upload_time = std::nullopt) {
  return {tags, requires_python, yanked, upload_time};
}

File source() { return {"", "", false, std::nullopt}; }

struct Policy {
  bool wheels = true;
  bool sources = false;
  std::optional<std::int64_t> exclude_newer;
};

FileChoice choose(const std::vector<File>& files,
                  const Policy& policy = {true, false, std::nullopt}) {
  static const specs::TagSet kTags("cp", 3, 12, specs::cpython_abis(3, 12, ""),
                                   specs::manylinux_platforms(36, "x86_64"));
  static const specs::Version kPython = specs::Version::parse("3.12.1");
  std::vector<specs::WheelFilename> names;
  std::vector<specs::SpecifierSet> pythons;
  names.reserve(files.size());
  pythons.reserve(files.size());
  std::vector<ReleaseFile> given;
  for (const File& file : files) {
    ReleaseFile& added = given.emplace_back();
    if (!file.wheel.empty()) {
      added.wheel =
          &names.emplace_back(specs::WheelFilename::parse("demo-1.0-" + file.wheel + ".whl"));
    }
    if (!file.requires_python.empty()) {
      added.requires_python =
          &pythons.emplace_back(specs::SpecifierSet::parse(file.requires_python));
    }
    added.yanked = file.yanked;
    added.upload_time = file.upload_time;
  }
  return choose_file(given, {kTags, kPython, policy.wheels, policy.sources, policy.exclude_newer});
}

}  // namespace

TEST_CASE("the best file of a version is chosen", "[resolve][ReleaseFile]") {
  struct Case {
    std::vector<File> files;
    std::size_t best;
  };
  const std::vector<Case> cases = {
      {{source(), wheel("py3-none-any")}, 1},
      {{wheel("py3-none-any"), wheel("cp312-cp312-manylinux_2_17_x86_64")}, 1},
      {{wheel("cp312-cp312-win_amd64"), wheel("py3-none-any")}, 1},
      {{wheel("1-py3-none-any"), wheel("2-py3-none-any"), wheel("py3-none-any")}, 1},
      {{wheel("cp312-cp312-manylinux_2_17_x86_64", "", true), wheel("py3-none-any")}, 1},
      {{wheel("py3-none-any", ">=3.13"), wheel("py2.py3-none-any", ">=3.8")}, 1},
  };
  for (const Case& row : cases) {
    const FileChoice choice = choose(row.files, {true, true, std::nullopt});
    INFO(row.files.front().wheel);
    CHECK(choice.file == row.best);
    CHECK_FALSE(choice.unusable);
    CHECK_FALSE(choice.yanked);
  }
}

TEST_CASE("a version of yanked files alone is yanked", "[resolve][ReleaseFile]") {
  CHECK(choose({wheel("py3-none-any", "", true)}).yanked);
  CHECK(choose({wheel("cp312-cp312-win_amd64", "", true)}).yanked);
  CHECK_FALSE(choose({wheel("py3-none-any", "", true), wheel("py3-none-any")}).yanked);
  CHECK_FALSE(choose({}).yanked);
}

TEST_CASE("the reason is that of the file which came nearest", "[resolve][ReleaseFile]") {
  struct Case {
    std::vector<File> files;
    Policy policy;
    Obstacle obstacle;
  };
  const std::vector<Case> cases = {
      {{}, {true, false, std::nullopt}, Obstacle::kNoFiles},
      {{source()}, {true, false, std::nullopt}, Obstacle::kSourceOnly},
      {{wheel("py3-none-any")}, {false, true, std::nullopt}, Obstacle::kNoSource},
      {{wheel("py3-none-any"), source()}, {false, false, std::nullopt}, Obstacle::kSourceOnly},
      {{wheel("cp312-cp312-win_amd64")}, {true, false, std::nullopt}, Obstacle::kNoMatchingWheel},
      {{wheel("cp312-cp312-win_amd64"), source()},
       {true, false, std::nullopt},
       Obstacle::kSourceOnly},
      {{wheel("cp312-cp312-win_amd64"), wheel("py3-none-any", ">=3.13")},
       {true, false, std::nullopt},
       Obstacle::kRequiresPython},
      {{wheel("py3-none-any", ">=3.12.2"), source()},
       {true, false, std::nullopt},
       Obstacle::kRequiresPython},
      {{wheel("py3-none-any", "", false, 100)}, {true, false, 99}, Obstacle::kTooNew},
      {{wheel("py3-none-any")}, {true, false, 99}, Obstacle::kUnknownDate},
      {{wheel("py3-none-any"), wheel("py3-none-any", "", false, 100)},
       {true, false, 99},
       Obstacle::kTooNew},
  };
  for (const Case& row : cases) {
    const FileChoice choice = choose(row.files, row.policy);
    REQUIRE(choice.unusable);
    INFO(choice.unusable->reason);
    CHECK(choice.unusable->obstacle == row.obstacle);
    CHECK_FALSE(choice.file);
  }
}

TEST_CASE("the date limit lets files of its second pass", "[resolve][ReleaseFile]") {
  CHECK(choose({wheel("py3-none-any", "", false, 99)}, {true, false, 99}).file == 0);
}

TEST_CASE("the tags that there are are named", "[resolve][ReleaseFile]") {
  CHECK(choose({wheel("cp312-cp312-win_amd64"), wheel("cp39-cp39-win32")}).unusable->reason ==
        "has no wheel for this interpreter and platform, only for `cp312-cp312-win_amd64`, "
        "`cp39-cp39-win32`, where `cp312-cp312-manylinux_2_36_x86_64` is wanted");
}

}  // namespace ensure::resolve
