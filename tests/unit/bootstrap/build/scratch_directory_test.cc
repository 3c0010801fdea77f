#include "bootstrap/build/scratch_directory.h"

#include <optional>

#include "installer/install/transaction/staging.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"

namespace ensure::build {

namespace {

TEST_CASE("it is in the cache, and goes with all that is in it", "[frontend][ScratchDirectory]") {
  const tests::TempDir folder;
  const cache::Cache cache(folder / "cache");
  const fs::path temporary = folder / "cache/temporary-v1";
  {
    const ScratchDirectory away(cache, folder / "beside");
    away.directory().create_directory("deep").write_file("file", "x");
    CHECK(away.directory().path().parent_path().parent_path() == temporary);
    const ScratchDirectory other(cache, folder / "beside");
    CHECK(base::list_directory(temporary).size() == 2);
  }
  CHECK(base::list_directory(temporary).empty());
  CHECK_FALSE(base::link_status(folder / "beside"));
}

TEST_CASE("without a cache it is beside the target", "[frontend][ScratchDirectory]") {
  const tests::TempDir folder;
  const cache::Cache none = cache::Cache::disabled();
  {
    const ScratchDirectory away(none, folder / "beside");
    CHECK(away.directory().path().parent_path() == folder / "beside");
  }
  CHECK_FALSE(base::link_status(folder / "beside"));
}

TEST_CASE("what a killed process has left is removed by the next", "[frontend][ScratchDirectory]") {
  const tests::TempDir folder;
  const cache::Cache cache(folder / "cache");
  const fs::path temporary = folder / "cache/temporary-v1";
  (void)base::make_directories(temporary / "build-1-2-3/new/environment-0/bin");
  (void)base::make_directories(temporary / "1-2-3");
  {
    const ScratchDirectory away(cache, folder / "beside");
  }
  CHECK(base::list_directory(temporary) == std::vector<std::string>{"1-2-3"});

  (void)base::make_directories(folder / "beside/new/source");
  const cache::Cache none = cache::Cache::disabled();
  {
    const ScratchDirectory away(none, folder / "beside");
  }
  CHECK_FALSE(base::link_status(folder / "beside"));
}

}  // namespace

}  // namespace ensure::build
