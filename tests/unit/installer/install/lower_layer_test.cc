#include "lower_layer.h"

#include <sys/stat.h>
#include <unistd.h>

#include "installer/base/error.h"
#include "scenario.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"

namespace ensure::install {

namespace {

using Existing = Transaction::Existing;

void remove_environment(const fs::path& root) {
  Transaction transaction({{root / "env"}}, staging_path_for(root / "env"), kTimeout);
  transaction.remove(root / "env");
  transaction.apply();
  transaction.commit();
}

void make_empty_directory(const fs::path& root) { fs::create_directory(root / "env"); }

bool skipped() {
  if (LowerLayer::can_be_made()) return false;
  WARN("skipped: no overlayfs can be mounted here");
  return true;
}

}  // namespace

TEST_CASE("a kill anywhere leaves the state before or after in a layer of a container",
          "[install][Transaction][overlay]") {
  if (skipped()) return;
  SECTION("an environment that is replaced") {
    check_every_kill({make_environment, replace_environment, false, true});
  }
  SECTION("an environment that is removed") {
    check_every_kill({make_environment, remove_environment, false, true});
  }
  SECTION("several changes of one environment") {
    check_every_kill({make_environment, upgrade_in_place, false, true});
  }
  SECTION("an empty directory that is replaced") {
    check_every_kill({make_empty_directory, replace_environment, false, true});
  }
}

TEST_CASE("a layer of a container is changed as any directory", "[install][Transaction][overlay]") {
  if (skipped()) return;
  for (const auto& change : {replace_environment, remove_environment, upgrade_in_place}) {
    CHECK(after({make_environment, change, false, true}) ==
          after({make_environment, change, false, false}));
  }
}

TEST_CASE("what is not committed is undone in a layer of a container",
          "[install][Transaction][overlay]") {
  if (skipped()) return;
  const tests::TempDir directory;
  const fs::path target = directory / "env";
  make_environment(directory.path());
  put(target / "lib/deep/er/file", "old");
  fs::create_directory(target / "lib/empty");
  REQUIRE(mkfifo((target / "lib/pipe").c_str(), 0600) == 0);
  fs::permissions(target / "lib/deep", fs::perms{02751});
  REQUIRE(chown((target / "lib/deep/er").c_str(), 12, 34) == 0);
  const Tree before = read_tree(target / "bin");
  const LowerLayer layer(directory.path());
  {
    Transaction transaction({{target}}, staging_path_for(target), kTimeout);
    stage(transaction, "env/x", "new");
    SECTION("one change") {
      transaction.place(transaction.staged().path() / "env", target, Existing::kAnything);
    }
    SECTION("one removal") { transaction.remove(target / "lib"); }
    SECTION("several") {
      transaction.remove(target / "bin");
      transaction.place(transaction.staged().path() / "env", target / "lib", Existing::kAnything);
      stage(transaction, "x", "new");
      transaction.place(transaction.staged().path() / "x", target / "new/x", Existing::kNothing);
    }
    transaction.apply();
    CHECK_FALSE(fs::exists(target / "lib/deep"));
  }
  CHECK(read_tree(target / "bin") == before);
  CHECK(base::read_file(target / "lib/deep/er/file") == "old");
  CHECK(fs::is_empty(target / "lib/empty"));
  CHECK(fs::is_fifo(target / "lib/pipe"));
  CHECK(fs::status(target / "lib/deep").permissions() == fs::perms{02751});
  struct stat status{};
  REQUIRE(stat((target / "lib/deep/er").c_str(), &status) == 0);
  CHECK((status.st_uid == 12 && status.st_gid == 34));
  CHECK_FALSE(fs::exists(target / "new"));
  CHECK(base::list_directory(directory.path()) == std::vector<std::string>{"env"});
}

TEST_CASE("what appeared meanwhile is never removed from a layer of a container",
          "[install][Transaction][overlay]") {
  if (skipped()) return;
  const tests::TempDir directory;
  const fs::path target = directory / "env";
  fs::create_directory(target);
  fs::permissions(target, fs::perms{02751});
  const LowerLayer layer(directory.path());
  Transaction transaction({{target}}, staging_path_for(target), kTimeout);
  stage(transaction, "env/x", "new");
  transaction.place(transaction.staged().path() / "env", target, Existing::kEmptyDirectory);
  SECTION("something") {
    put(target / "mine", "precious");
    CHECK_THROWS_AS(transaction.apply(), base::Error);
    CHECK(base::read_file(target / "mine") == "precious");
  }
  SECTION("nothing") {
    transaction.apply();
    transaction.commit();
    CHECK(fs::exists(target / "x"));
    CHECK(fs::status(target).permissions() == fs::perms{02751});
  }
}

}  // namespace ensure::install
