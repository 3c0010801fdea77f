#include <optional>

#include "bootstrap/build/frontend.h"
#include "installer/install/transaction/staging.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"

namespace ensure::build {

namespace {

TEST_CASE("it is in the cache, and goes with all that is in it", "[frontend][ScratchDirectory]") {
  const tests::TempDir directory;
  const cache::Cache cache(directory / "cache");
  const fs::path temporary = directory / "cache/temporary-v1";
  {
    const ScratchDirectory away(cache, directory / "beside");
    away.directory().create_directory("deep").write_file("file", "x");
    CHECK(away.directory().path().parent_path().parent_path() == temporary);
    const ScratchDirectory other(cache, directory / "beside");
    CHECK(base::list_directory(temporary).size() == 2);
  }
  CHECK(base::list_directory(temporary).empty());
  CHECK_FALSE(base::link_status(directory / "beside"));
}

TEST_CASE("without a cache it is beside the target", "[frontend][ScratchDirectory]") {
  const tests::TempDir directory;
  const cache::Cache none = cache::Cache::disabled();
  {
    const ScratchDirectory away(none, directory / "beside");
    CHECK(away.directory().path().parent_path() == directory / "beside");
  }
  CHECK_FALSE(base::link_status(directory / "beside"));
}

TEST_CASE("what a killed process has left is removed by the next", "[frontend][ScratchDirectory]") {
  const tests::TempDir directory;
  const cache::Cache cache(directory / "cache");
  const fs::path temporary = directory / "cache/temporary-v1";
  (void)base::make_directories(temporary / "build-1-2-3/new/environment-0/bin");
  (void)base::make_directories(temporary / "1-2-3");
  {
    const ScratchDirectory away(cache, directory / "beside");
  }
  CHECK(base::list_directory(temporary) == std::vector<std::string>{"1-2-3"});

  (void)base::make_directories(directory / "beside/new/source");
  const cache::Cache none = cache::Cache::disabled();
  {
    const ScratchDirectory away(none, directory / "beside");
  }
  CHECK_FALSE(base::link_status(directory / "beside"));
}

}  // namespace

}  // namespace ensure::build
