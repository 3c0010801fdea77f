#include "installer/install/transaction/space.h"

#include <sys/mount.h>

#include <set>

#include "installer/base/error.h"
#include "installer/base/file.h"
#include "memory_wheel.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"
#include "tree.h"

namespace ensure::install {

namespace {

constexpr int kFiles = 20;
const std::string kContent(5000, 'x');

/// Two pages each, which makes 40 pages; the bytes alone would fit into 25.
MemoryWheel make_wheel() {
  MemoryWheel wheel;
  for (int i = 0; i < kFiles; ++i) wheel.add("demo/file" + std::to_string(i), kContent);
  return wheel.finish();
}

/// What is said where there is not enough room; empty where there is.
std::string refusal(const fs::path& path, const wheel::WheelSource& wheel) {
  try {
    require_space(path, {&wheel});
    return {};
  } catch (const base::Error& error) {
    CHECK(error.exit_code() == base::ExitCode::kFileSystem);
    CHECK_FALSE(error.hints().empty());
    return error.message();
  }
}

/// A small file system in memory; mounting it needs root.
class SmallDisk {
 public:
  explicit SmallDisk(const std::string& options)
      : mounted_(mount("tmpfs", directory_.path().c_str(), "tmpfs", 0, options.c_str()) == 0) {}
  ~SmallDisk() {
    if (mounted_) (void)umount(directory_.path().c_str());
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  [[nodiscard]] bool is_there() const { return mounted_; }
  [[nodiscard]] const fs::path& path() const { return directory_.path(); }

 private:
  tests::TempDir directory_;
  bool mounted_;
};

bool can_write_all(const fs::path& directory, const wheel::WheelSource& wheel) {
  try {
    for (std::size_t part = 0; part < wheel.part_count(); ++part) {
      wheel.read_part(part, [&](const wheel::WheelFile& file) {
        put(directory / file.path, std::string(file.content));
      });
    }
    return true;
  } catch (const base::FileError&) {
    return false;
  }
}

}  // namespace

TEST_CASE("room is asked for before it is needed", "[install][space]") {
  const tests::TempDir directory;
  CHECK(refusal(directory.path() / "not/there/yet", make_wheel()).empty());
  MemoryWheel wheel;
  wheel.set_unpacked_size(1ULL << 60U);
  const std::string message = refusal(directory.path() / "env", wheel.finish());
  CHECK(message.find("needs 1152921504606.9 MB") != std::string::npos);
}

TEST_CASE("what fits is never refused and what cannot fit always", "[install][space]") {
  const MemoryWheel wheel = make_wheel();
  int most_refused = 0;
  int least_that_fits = 0;
  for (int pages = 50; pages > 20; --pages) {
    const SmallDisk disk("size=" + std::to_string(pages * 4096));
    if (!disk.is_there()) return;  // needs root
    const bool refused = !refusal(disk.path() / "env", wheel).empty();
    if (refused && most_refused == 0) most_refused = pages;
    CHECK(refused == (pages <= most_refused));
    if (can_write_all(disk.path(), wheel)) least_that_fits = pages;
  }
  CHECK(most_refused >= 40);
  CHECK(most_refused < least_that_fits);
}

TEST_CASE("files are counted where their number is limited", "[install][space]") {
  const SmallDisk disk("size=1m,nr_inodes=10");
  if (!disk.is_there()) return;  // needs root
  const std::string message = refusal(disk.path() / "env", make_wheel());
  CHECK(message.find("needs 22 files, the disk has 9 files") != std::string::npos);
}

TEST_CASE("a disk without limits has room", "[install][space]") {
  const SmallDisk disk("size=0,nr_inodes=0");
  if (!disk.is_there()) return;  // needs root
  CHECK(refusal(disk.path() / "env", make_wheel()).empty());
}

}  // namespace ensure::install
