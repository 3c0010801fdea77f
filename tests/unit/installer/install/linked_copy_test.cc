#include "installer/install/linked_copy.h"

#include <sys/stat.h>

#include <fstream>

#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"

namespace {

namespace fs = std::filesystem;
using namespace ensure;

TEST_CASE("a copy by links has the files themselves, and folders and links of its own",
          "[install][linked_copy]") {
  const tests::TempDir temp;
  fs::create_directories(temp / "env/lib/sub");
  std::ofstream(temp / "env/lib/sub/file") << "text";
  fs::create_symlink("lib", temp / "env/lib64");
  fs::permissions(temp / "env/lib", fs::perms::owner_all);
  base::set_times(temp / "env", 86400);
  const base::Directory from = base::Directory::open(temp / "env");
  const base::Directory to = base::Directory::open(temp.path()).create_directory("copy");
  REQUIRE(install::copy_by_links(from, to, ""));

  CHECK(base::link_status(temp / "env/lib/sub/file")
            ->same_file(*base::link_status(temp / "copy/lib/sub/file")));
  CHECK_FALSE(
      base::link_status(temp / "env/lib")->same_file(*base::link_status(temp / "copy/lib")));
  CHECK(fs::read_symlink(temp / "copy/lib64") == "lib");
  CHECK(base::link_status(temp / "copy/lib")->mode == 0700);
  for (const char* name : {"copy", "copy/lib", "copy/lib64", "copy/lib/sub/file"}) {
    struct stat raw{};
    REQUIRE(lstat((temp / name).c_str(), &raw) == 0);
    CHECK(raw.st_mtime == 86400);
  }
}

TEST_CASE("what is excepted stays away, and what cannot be linked is told",
          "[install][linked_copy]") {
  const tests::TempDir temp;
  fs::create_directories(temp / "env/.ensure/new");
  const base::Directory parent = base::Directory::open(temp.path());
  const base::Directory from = base::Directory::open(temp / "env");
  CHECK(install::copy_by_links(from, parent.create_directory("one"), ".ensure"));
  CHECK(fs::is_empty(temp / "one"));

  REQUIRE(mkfifo((temp / "env/pipe").c_str(), 0600) == 0);
  CHECK_FALSE(install::copy_by_links(from, parent.create_directory("two"), ".ensure"));
}

}  // namespace
