#include "bundled/pack/partition.h"

#include <map>
#include <set>

#include "tests/support/catch.h"
#include "tests/support/sample_wheels.h"

namespace ensure::bundled {

namespace {

/// A wheel of `directories` directories with ten files of 100 bytes each.
PackedWheel even_wheel(int directories) {
  PackedWheel wheel = sample_wheel("1.0", "");
  wheel.files.clear();
  for (int directory = 0; directory < directories; ++directory) {
    for (int file = 0; file < 10; ++file) {
      wheel.files.push_back({.path = "directory" + std::to_string(100 + directory) + "/module" +
                                     std::to_string(file) + ".py",
                             .content = std::string(100, 'x')});
    }
  }
  return wheel;
}

}  // namespace

TEST_CASE("Bytecode belongs to its module", "[bundled][Partition]") {
  CHECK(module_path("a/b/c.py") == "a/b/c.py");
  CHECK(module_path("a/b/__pycache__/c.cpython-312.pyc") == "a/b/c.py");
  CHECK(module_path("__pycache__/c.pypy39.pyc") == "c.py");
  CHECK(module_path("not__pycache__/c.py") == "not__pycache__/c.py");
}

TEST_CASE("The dist-info directory is a part of its own", "[bundled][Partition]") {
  const std::vector<PackedWheel> wheels = sample_wheels();
  const Partition partition(wheels, 1000);
  CHECK(partition.part_count() > 3);
  for (const PackedWheel& wheel : wheels) {
    for (const PackedFile& file : wheel.files) {
      const bool in_dist_info = file.path.substr(0, file.path.rfind('/')) == wheel.dist_info;
      CHECK((partition.part_of(file.path) == 0) == in_dist_info);
      CHECK(partition.part_of(file.path) < partition.part_count());
    }
  }
}

TEST_CASE("Slices are as large as they may be", "[bundled][Partition]") {
  const PackedWheel wheel = even_wheel(10);
  const Partition partition({wheel}, 1250);
  std::map<std::size_t, std::size_t> sizes;
  for (const PackedFile& file : wheel.files) {
    sizes[partition.part_of(file.path)] += file.content.size();
  }
  CHECK(partition.part_count() == 1 + 9);
  for (const auto& [part, size] : sizes) CHECK((size == 1200 || size == 400));
}

TEST_CASE("Parts that follow each other are in different directories", "[bundled][Partition]") {
  const PackedWheel wheel = even_wheel(8);
  const Partition partition({wheel}, 500);
  std::map<std::size_t, std::string> directories;
  for (const PackedFile& file : wheel.files) {
    directories[partition.part_of(file.path)] = file.path.substr(0, file.path.find('/'));
  }
  REQUIRE(directories.size() == 16);
  for (std::size_t part = 1; part + 3 < 16; part += 4) {
    const std::set<std::string> together{directories[part], directories[part + 1],
                                         directories[part + 2], directories[part + 3]};
    CHECK(together.size() == 4);
  }
}

TEST_CASE("A file that is larger than a slice has one for itself", "[bundled][Partition]") {
  PackedWheel wheel = even_wheel(1);
  wheel.files[4].content = std::string(5000, 'x');
  const Partition partition({wheel}, 1000);
  for (const PackedFile& file : wheel.files) {
    const bool is_large = file.path == wheel.files[4].path;
    CHECK((partition.part_of(file.path) == partition.part_of(wheel.files[4].path)) == is_large);
  }
}

TEST_CASE("A wheel without content can be cut", "[bundled][Partition]") {
  PackedWheel wheel = sample_wheel("1.0", "");
  wheel.files = {{.path = "sample/__init__.py", .content = ""}};
  CHECK(Partition({wheel}, 4).part_of("sample/__init__.py") == 1);
}

}  // namespace ensure::bundled
