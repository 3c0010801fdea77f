#include "installer/cache/upkeep.h"

#include <vector>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/cache/cache.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"

namespace ensure::cache {

namespace {

using namespace std::chrono_literals;
using tests::TempDir;

const std::string kOld(64, 'a');
const std::string kNew(64, 'b');

void keep_wheel(const Cache& cache, const std::string& sha256) {
  const std::unique_ptr<PendingFile> file = cache.new_wheel(sha256);
  REQUIRE(file);
  file->write_at(0, "12345");
  CHECK(file->keep());
}

void unpack(const Cache& cache, const std::string& sha256) {
  const std::unique_ptr<PendingDirectory> made = cache.new_unpacked(sha256);
  REQUIRE(made);
  made->directory().write_file("demo.py", "123");
  made->directory().create_directory("demo").write_file("a.py", "1");
  CHECK(made->keep());
}

void make_older(const fs::path& path, std::chrono::hours age) {
  fs::last_write_time(path, fs::file_time_type::clock::now() - age);
}

void write(const fs::path& path, const std::string& content) {
  base::make_directories(path.parent_path());
  base::Directory::open(path.parent_path()).write_file(path.filename(), content);
}

}  // namespace

TEST_CASE("the amount counts files and bytes of all kinds", "[cache][upkeep]") {
  const TempDir directory;
  const Cache cache(directory.path());
  keep_wheel(cache, kOld);
  unpack(cache, kNew);
  CHECK(measure(cache.path()) == CacheSize{.files = 3, .bytes = 9});
}

TEST_CASE("pruning removes what was not used for so long", "[cache][upkeep]") {
  const TempDir directory;
  const Cache cache(directory.path());
  for (const std::string& sha256 : {kOld, kNew}) {
    keep_wheel(cache, sha256);
    unpack(cache, sha256);
  }
  make_older(directory / "wheels-v2" / kOld, 100h);
  make_older(directory / "unpacked-v1" / kOld, 100h);
  CHECK(prune(cache.path(), 101h) == CacheSize{});
  CHECK(prune(cache.path(), 99h) == CacheSize{.files = 3, .bytes = 9});
  CHECK_FALSE(cache.find_wheel(kOld));
  CHECK_FALSE(cache.find_unpacked(kOld));
  CHECK(cache.find_wheel(kNew));
  CHECK(cache.find_unpacked(kNew));
}

TEST_CASE("what is used is not pruned", "[cache][upkeep]") {
  const TempDir directory;
  const Cache cache(directory.path());
  keep_wheel(cache, kOld);
  unpack(cache, kOld);
  cache.store_metadata("demo-1.0-py3-none-any.whl", "sha256=1", "x");
  const fs::path metadata =
      directory / "metadata-v2" / base::list_directory(directory / "metadata-v2").front();
  for (const fs::path& path :
       {directory / "wheels-v2" / kOld, directory / "unpacked-v1" / kOld, metadata}) {
    make_older(path, 100h);
  }
  CHECK(cache.find_wheel(kOld));
  CHECK(cache.find_unpacked(kOld));
  CHECK(cache.find_metadata("demo-1.0-py3-none-any.whl", "sha256=1"));
  CHECK(prune(cache.path(), 99h) == CacheSize{});
}

TEST_CASE("pruning leaves to a running process what it has found or writes", "[cache][upkeep]") {
  const TempDir directory;
  const Cache cache(directory.path());
  keep_wheel(cache, kOld);
  const std::optional<CachedFile> found = cache.find_wheel(kOld);
  REQUIRE(found);
  const std::unique_ptr<PendingFile> file = cache.new_wheel(kNew);
  REQUIRE(file);
  file->write_at(0, "12345");
  CHECK(prune(cache.path(), 0h).files == 1);
  CHECK(found->bytes == "12345");
  CHECK(file->keep());
  CHECK(cache.find_wheel(kNew));
}

TEST_CASE("pruning removes other versions and what killed processes left", "[cache][upkeep]") {
  const TempDir directory;
  const Cache cache(directory.path());
  keep_wheel(cache, kNew);
  write(directory / "wheels-v0/old", "1");
  write(directory / "pages-v99/new", "1");
  write(directory / "temporary-v1/of-killed", "1");
  write(directory / "temporary-v1/recent", "1");
  make_older(directory / "temporary-v1/of-killed", 25h);
  CHECK(prune(cache.path(), 1000h) == CacheSize{.files = 3, .bytes = 3});
  CHECK(base::list_directory(directory / "temporary-v1") == std::vector<std::string>{"recent"});
  CHECK(cache.find_wheel(kNew));
}

TEST_CASE("cleaning removes the cache and nothing of others", "[cache][upkeep]") {
  const TempDir directory;
  const Cache cache(directory / "cache");
  keep_wheel(cache, kOld);
  unpack(cache, kOld);

  SECTION("the directory goes where nothing else is in it") {
    CHECK(clean(cache.path()) == CacheSize{.files = 3, .bytes = 9});
    CHECK_FALSE(fs::exists(directory / "cache"));
    CHECK(clean(cache.path()) == CacheSize{});
  }
  SECTION("other files stay, whatever their names") {
    for (const char* const name : {"mine", "wheels", "wheels-v", "wheels-v1x", "notes-v1"}) {
      write(directory / "cache" / name, "mine");
    }
    clean(cache.path());
    CHECK(base::list_directory(directory / "cache") ==
          std::vector<std::string>{"mine", "notes-v1", "wheels", "wheels-v", "wheels-v1x"});
  }
  SECTION("a bucket that is a link stays, and the rest goes") {
    write(directory / "outside/file", "mine");
    make_older(directory / "outside/file", 100h);
    base::Directory::open(directory / "cache").create_link("pages-v1", directory / "outside");
    base::remove_tree(directory / "cache/sources-v1");
    base::Directory::open(directory / "cache").create_link("sources-v1", directory / "outside");
    make_older(directory / "cache/wheels-v2" / kOld, 100h);
    CHECK_THROWS_AS(prune(cache.path(), 50h), base::Error);
    CHECK_FALSE(fs::exists(directory / "cache/wheels-v2" / kOld));
    CHECK_THROWS_AS(measure(cache.path()), base::Error);
    CHECK_THROWS_AS(clean(cache.path()), base::Error);
    CHECK(base::list_directory(directory / "cache") ==
          std::vector<std::string>{"CACHEDIR.TAG", "pages-v1", "sources-v1"});
    CHECK(fs::exists(directory / "outside/file"));
  }
  SECTION("a link out of the cache is removed, not followed") {
    write(directory / "outside/file", "mine");
    base::remove_tree(directory / "cache/unpacked-v1" / kOld);
    base::Directory::open(directory / "cache/unpacked-v1").create_link(kOld, directory / "outside");
    CHECK_FALSE(cache.find_unpacked(kOld));
    clean(cache.path());
    CHECK(fs::exists(directory / "outside/file"));
  }
}

}  // namespace ensure::cache
