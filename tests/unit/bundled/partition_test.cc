#include "bundled/pack/partition.h"

#include "tests/support/catch.h"
#include "tests/support/sample_wheels.h"

namespace ensure::bundled {

TEST_CASE("Bytecode belongs to the folder of its module", "[bundled][Partition]") {
  CHECK(module_folder("a/b/c.py") == "a/b");
  CHECK(module_folder("a/b/__pycache__/c.cpython-312.pyc") == "a/b");
  CHECK(module_folder("c.py").empty());
  CHECK(module_folder("__pycache__/c.cpython-312.pyc").empty());
  CHECK(module_folder("not__pycache__/c.py") == "not__pycache__");
}

TEST_CASE("The dist-info folder is a part of its own", "[bundled][Partition]") {
  const std::vector<PackedWheel> wheels = sample_wheels();
  const Partition partition(wheels, 4);
  CHECK(partition.part_count() == 4);
  for (const PackedWheel& wheel : wheels) {
    for (const PackedFile& file : wheel.files) {
      const bool in_dist_info = module_folder(file.path) == wheel.dist_info;
      CHECK((partition.part_of(file.path) == 0) == in_dist_info);
      CHECK(partition.part_of(file.path) < 4);
    }
  }
}

TEST_CASE("Parts have about equal sizes and the largest comes first", "[bundled][Partition]") {
  PackedWheel wheel = sample_wheel("1.0", "");
  wheel.files.clear();
  for (int i = 0; i < 100; ++i) {
    const std::string folder = "folder" + std::to_string(100 + i);
    wheel.files.push_back(
        {.path = folder + "/module.py", .content = std::string(i == 50 ? 3000 : 100, 'x')});
  }
  const Partition partition({wheel}, 5);
  std::vector<std::size_t> sizes(5);
  for (const PackedFile& file : wheel.files) {
    sizes[partition.part_of(file.path)] += file.content.size();
  }
  CHECK(sizes[0] == 0);
  CHECK(sizes[1] > sizes[4]);
  CHECK(sizes[1] < 5000);
  CHECK(sizes[4] > 500);
}

TEST_CASE("A wheel without content can be cut", "[bundled][Partition]") {
  PackedWheel wheel = sample_wheel("1.0", "");
  wheel.files = {{.path = "sample/__init__.py", .content = ""}};
  CHECK(Partition({wheel}, 4).part_of("sample/__init__.py") == 1);
}

}  // namespace ensure::bundled
