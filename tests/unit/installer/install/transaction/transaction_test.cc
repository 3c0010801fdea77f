#include "installer/install/transaction/transaction.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <atomic>
#include <thread>

#include "installer/base/error.h"
#include "killed_process.h"
#include "scenario.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"
#include "tree.h"

namespace ensure::install {

namespace {

using Existing = Transaction::Existing;
using tests::TempDir;
using namespace std::chrono_literals;

}  // namespace

TEST_CASE("a kill anywhere leaves the state before or after", "[install][Transaction]") {
  SECTION("a new environment") {
    check_every_kill({[](const fs::path&) {}, replace_environment, true});
  }
  SECTION("an environment that is replaced") {
    check_every_kill({make_environment, replace_environment, true});
  }
  SECTION("several changes of one environment") {
    check_every_kill({make_environment, upgrade_in_place, false});
  }
}

TEST_CASE("a kill leaves the state before or after however directories change",
          "[install][Transaction]") {
  const ChangeForm form = GENERATE(ChangeForm::kMoveAside, ChangeForm::kPiecewise);
  SECTION("an environment that is replaced") {
    check_every_kill({make_environment,
                      [form](const fs::path& root) { replace_environment_by(form, root); }, false});
  }
  SECTION("several changes of one environment") {
    check_every_kill({make_environment,
                      [form](const fs::path& root) { upgrade_in_place_by(form, root); }, false});
  }
}

TEST_CASE("the result does not depend on how directories change", "[install][Transaction]") {
  const ChangeForm form = GENERATE(ChangeForm::kMoveAside, ChangeForm::kPiecewise);
  CHECK(after({make_environment,
               [form](const fs::path& root) { replace_environment_by(form, root); }, false}) ==
        after({make_environment, replace_environment, true}));
  CHECK(after({make_environment, [form](const fs::path& root) { upgrade_in_place_by(form, root); },
               false}) == after({make_environment, upgrade_in_place, false}));
}

TEST_CASE("metadata is placed after files, and `pyvenv.cfg` last", "[install][Transaction]") {
  const TempDir directory;
  make_environment(directory.path());
  const fs::path target = directory.path() / "env";
  const fs::path staging = staging_path_for(target);
  Transaction transaction({{target}}, staging, kTimeout);
  for (const char* const name : {"pyvenv.cfg", "new-1.dist-info", "new.py", "bin/pip"}) {
    const std::string staged = fs::path(name).filename().text();
    stage(transaction, staged, "new");
    transaction.place(transaction.staged().path() / staged, target / name, Existing::kAnything);
  }
  transaction.apply();
  const std::optional<Journal> journal = Journal::try_parse(base::read_file(staging / "journal"));
  REQUIRE(journal);
  std::vector<std::string> placed;
  for (const Change& change : journal->changes) {
    placed.push_back(change.destination.relative.filename());
  }
  CHECK(placed == std::vector<std::string>{"new.py", "pip", "new-1.dist-info", "pyvenv.cfg"});
}

TEST_CASE("several changes are made and leave nothing behind", "[install][Transaction]") {
  const Tree tree = after({make_environment, upgrade_in_place, false});
  CHECK(tree.at("env/lib/site-packages/pip/__init__.py").ends_with("new pip"));
  CHECK(tree.count("env/lib/site-packages/pip/gone.py") == 0);
  CHECK(tree.count("env/lib/site-packages/pip-1.dist-info") == 0);
  CHECK(tree.count("env/lib/site-packages/pip-2.dist-info/RECORD") == 1);
  CHECK(tree.count("env/lib/site-packages/other/__init__.py") == 1);
  CHECK(tree.at("env/bin/pip").ends_with("new script"));
  CHECK(tree.count("env/bin/pip-old") == 0);
  CHECK(tree.at("env/share/deep/er/file").ends_with("data"));
  CHECK(tree.at("env/lib64") == "link lib");
  CHECK(tree.at("env") == "directory " + std::to_string(0750));
  CHECK(tree.count(".env.ensure") == 0);
}

TEST_CASE("what is not committed is undone", "[install][Transaction]") {
  const TempDir directory;
  make_environment(directory.path());
  const fs::path target = directory.path() / "env";
  const Tree before = read_tree(directory.path());
  {
    Transaction transaction({{target}}, staging_path_for(target), kTimeout);
    stage(transaction, "env/x", "new");
    SECTION("one change onto something") {
      transaction.place(transaction.staged().path() / "env", target, Existing::kAnything);
    }
    SECTION("one change onto nothing") {
      transaction.place(transaction.staged().path() / "env", target / "deeper", Existing::kNothing);
    }
    SECTION("one removal") { transaction.remove(target / "bin"); }
    SECTION("several with new directories") {
      transaction.remove(target / "bin");
      transaction.place(transaction.staged().path() / "env", target / "a/b/c", Existing::kNothing);
    }
    transaction.apply();
    CHECK(read_tree(directory.path() / "env") != subtree(before, "env"));
  }
  CHECK(read_tree(directory.path()) == before);
}

TEST_CASE("directories above a target come and go with it", "[install][Transaction]") {
  const TempDir directory;
  const fs::path target = directory.path() / "a/b/env";
  {
    const Transaction transaction({{target}}, staging_path_for(target), kTimeout);
  }
  CHECK(read_tree(directory.path()).size() == 1);
  {
    const fs::path missing = target / std::string(300, 'n');
    CHECK_THROWS_AS(Transaction({{missing}}, staging_path_inside(missing), kTimeout), base::Error);
  }
  CHECK(read_tree(directory.path()).size() == 1);
}

TEST_CASE("directories above a target go with a process that was killed",
          "[install][Transaction]") {
  const auto fill = [](const fs::path& target) {
    Transaction transaction({{target}}, staging_path_inside(target), kTimeout);
    stage(transaction, "one", "new");
    stage(transaction, "two", "new");
    merge_tree(transaction, transaction.staged().path(), target);
    transaction.apply();
    transaction.commit();
  };
  int undone = 0;
  Ending ending = Ending::kKilled;
  for (int call = 0; ending == Ending::kKilled; ++call) {
    CAPTURE(call);
    const TempDir directory;
    const fs::path target = directory.path() / "a/b/c";
    ending = run_and_kill(call, [&] { fill(target); });
    // Before it is noted who has made them, empty directories stay.
    const bool noted = !base::read_file_if_exists(target / ".ensure/parents").value_or("").empty();
    if (!noted && !fs::exists(target / "two")) continue;
    recover_leftovers({{target}}, target, kTimeout);
    if (fs::exists(target)) {
      CHECK(read_tree(target).size() == 3);
    } else {
      CHECK(fs::is_empty(directory.path()));
      ++undone;
    }
  }
  CHECK(ending == Ending::kSucceeded);
  CHECK(undone > 10);
}

TEST_CASE("directories above a target are never removed with content", "[install][Transaction]") {
  const TempDir directory;
  const fs::path target = directory.path() / "a/b";
  fs::create_directories(target / ".ensure");
  const std::string identity = base::Directory::open(target / ".ensure").identity();
  std::vector<std::string> left{"mine"};
  SECTION("by a note of this program") { put(target / ".ensure/parents", "99 " + identity); }
  SECTION("by a note from elsewhere") {
    put(target / ".ensure/parents", "99 1/2.3");
    left.insert(left.begin(), "b");
  }

  put(directory.path() / "a/mine", "precious");
  recover_leftovers({{target}}, target, kTimeout);
  CHECK(base::list_directory(directory.path() / "a") == left);
}

TEST_CASE("what appeared meanwhile is never replaced", "[install][Transaction]") {
  const TempDir directory;
  const fs::path target = directory.path() / "env";
  Transaction transaction({{target, directory.path() / "other"}}, staging_path_for(target),
                          kTimeout);
  stage(transaction, "env/x", "new");
  const fs::path staged = transaction.staged().path() / "env";
  SECTION("where nothing was") {
    transaction.place(staged, target, Existing::kNothing);
    put(target / "mine", "precious");
  }
  SECTION("in an empty directory") {
    fs::create_directory(target);
    transaction.place(staged, target, Existing::kEmptyDirectory);
    put(target / "mine", "precious");
  }
  SECTION("in an empty directory under a journal") {
    fs::create_directory(target);
    transaction.place(staged, target, Existing::kEmptyDirectory);
    stage(transaction, "other", "new");
    transaction.place(transaction.staged().path() / "other", directory.path() / "other",
                      Existing::kNothing);
    put(target / "mine", "precious");
  }
  CHECK_THROWS_AS(transaction.apply(), base::Error);
  CHECK(base::read_file(target / "mine") == "precious");
  CHECK_FALSE(fs::exists(directory.path() / "other"));
}

TEST_CASE("a replaced directory hands on its mode", "[install][Transaction]") {
  const TempDir directory;
  const fs::path target = directory.path() / "env";
  fs::create_directory(target);
  fs::permissions(target, fs::perms{02751});
  if (geteuid() == 0) REQUIRE(chown(target.c_str(), 12, 34) == 0);
  fs::permissions(target, fs::perms{02751});
  Transaction transaction({{target}}, staging_path_for(target), kTimeout);
  stage(transaction, "env/x", "new");
  transaction.place(transaction.staged().path() / "env", target, Existing::kEmptyDirectory);
  transaction.apply();
  transaction.commit();
  struct stat status{};
  REQUIRE(stat(target.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777U) == 02751U);
  if (geteuid() == 0) CHECK((status.st_uid == 12 && status.st_gid == 34));
  CHECK(fs::exists(target / "x"));
}

TEST_CASE("the lock lets one in at a time", "[install][Transaction]") {
  const TempDir directory;
  const fs::path target = directory.path() / "env";
  SECTION("a second one waits and then gives up") {
    const Transaction first({{target}}, staging_path_for(target), kTimeout);
    try {
      const Transaction second({{target}}, staging_path_for(target), 20ms);
      FAIL("two transactions hold one lock");
    } catch (const base::Error& error) {
      CHECK(error.exit_code() == base::ExitCode::kLocked);
      CHECK_FALSE(error.hints().empty());
    }
    CHECK(fs::exists(first.staged().path()));
  }
  SECTION("eight at once come in turn") {
    std::atomic<int> inside = 0;
    std::atomic<int> worst = 0;
    {
      std::vector<std::jthread> threads;
      for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
          for (int round = 0; round < 4; ++round) {
            const Transaction transaction({{target}}, staging_path_for(target), 60s);
            const int now = ++inside;
            if (now > worst) worst = now;
            std::this_thread::yield();
            --inside;
          }
        });
      }
    }
    CHECK(worst == 1);
    CHECK(read_tree(directory.path()).size() == 1);
  }
}

TEST_CASE("a staging path that is not ours is left alone", "[install][Transaction]") {
  const TempDir directory;
  const fs::path target = directory.path() / "env";
  const fs::path staging = staging_path_for(target);
  SECTION("a link") {
    fs::create_directory(directory.path() / "elsewhere");
    put(directory.path() / "elsewhere/new/file", "precious");
    fs::create_directory_symlink(directory.path() / "elsewhere", staging);
  }
  SECTION("a file") { put(staging, "precious"); }
  SECTION("a directory of the user") { put(staging / "notes", "precious"); }
  SECTION("a directory of another user") {
    if (geteuid() != 0) return;
    fs::create_directory(staging);
    REQUIRE(chown(staging.c_str(), 12, 34) == 0);
  }
  const Tree before = read_tree(directory.path());
  try {
    const Transaction transaction({{target}}, staging, 20ms);
    FAIL("a foreign directory was taken over");
  } catch (const base::Error& error) {
    CHECK(error.exit_code() == base::ExitCode::kFileSystem);
    CHECK(error.message().find(staging.text()) != std::string::npos);
  }
  CHECK(read_tree(directory.path()) == before);
}

TEST_CASE("changes on a second file system are part of the whole", "[install][Transaction]") {
  const TempDir directory;
  const fs::path& root = directory.path();
  const fs::path other = root / "other";
  fs::create_directory(other);
  if (mount("tmpfs", other.c_str(), "tmpfs", 0, "size=4m") != 0) return;  // needs root
  put(other / "tool", "old");
  put(root / "lib/module.py", "old");
  const auto change = [&] {
    Transaction transaction({{root}}, staging_path_inside(root / "lib"), kTimeout);
    stage(transaction, "module.py", "new");
    const base::Directory& further = transaction.staged_for(other / "bin");
    put(further.path() / "tool", "new");
    transaction.place(transaction.staged().path() / "module.py", root / "lib/module.py",
                      Existing::kAnything);
    transaction.place(further.path() / "tool", other / "tool", Existing::kAnything);
    transaction.apply();
    transaction.commit();
  };
  const Tree before = read_tree(root);
  bool was_undone = false;
  int call = 0;
  for (Ending ending = Ending::kKilled; ending == Ending::kKilled; ++call) {
    CAPTURE(call);
    put(other / "tool", "old");
    put(root / "lib/module.py", "old");
    ending = run_and_kill(call, change);
    recover_leftovers({{root}}, root / "lib", kTimeout);
    const bool both_old = base::read_file(other / "tool") == "old" &&
                          base::read_file(root / "lib/module.py") == "old";
    const bool both_new = base::read_file(other / "tool") == "new" &&
                          base::read_file(root / "lib/module.py") == "new";
    CHECK((both_old || both_new));
    CHECK(read_tree(root).size() == before.size());
    was_undone = was_undone || both_old;
  }
  CHECK(was_undone);
  CHECK(call > 20);
  CHECK(umount(other.c_str()) == 0);
}

TEST_CASE("a full disk changes nothing", "[install][Transaction]") {
  const TempDir directory;
  const fs::path disk = directory.path() / "disk";
  fs::create_directory(disk);
  if (mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=64k") != 0) return;  // needs root
  put(disk / "env/file", "old");
  const Tree before = read_tree(disk);
  try {
    Transaction transaction({{disk / "env"}}, staging_path_for(disk / "env"), kTimeout);
    transaction.staged().write_file("big", std::string(100'000, 'x'));
    FAIL("more was written than fits");
  } catch (const base::FileError& error) {
    CHECK(error.error_number() == ENOSPC);
  }
  CHECK(read_tree(disk) == before);
  CHECK(umount(disk.c_str()) == 0);
}

TEST_CASE("a mount point is changed inside", "[install][staging]") {
  const TempDir directory;
  const fs::path disk = directory.path() / "disk";
  fs::create_directory(disk);
  if (mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=64k") != 0) return;  // needs root
  CHECK(staging_path_for(disk) == disk / ".ensure");
  CHECK(umount(disk.c_str()) == 0);
}

TEST_CASE("a link raced into the staging path leads nothing astray", "[install][Transaction]") {
  const TempDir directory;
  const fs::path target = directory.path() / "env";
  const fs::path elsewhere = directory.path() / "elsewhere";
  put(elsewhere / "new/env/precious", "precious");
  const fs::path staging = staging_path_for(target);
  {
    Transaction transaction({{target}}, staging, kTimeout);
    transaction.staged().write_file("env", "mine");
    fs::rename(staging, directory.path() / "moved");
    fs::create_directory_symlink(elsewhere, staging);
    transaction.place(staging / "new/env", target, Existing::kNothing);
    transaction.apply();
    transaction.commit();
  }
  CHECK(base::read_file(target) == "mine");
  CHECK(base::read_file(elsewhere / "new/env/precious") == "precious");
}

TEST_CASE("where a target is staged", "[install][staging]") {
  const TempDir directory;
  const fs::path root = *base::real_path(directory.path());
  CHECK(staging_path_for(root / "env") == root / ".env.ensure");
  CHECK(staging_path_for("/proc") == "/proc/.ensure");
  CHECK(staging_path_for("/") == "/.ensure");
  const fs::path longest = root / std::string(255, 'n');
  CHECK(staging_path_for(longest).filename().text().size() <= 255);
  CHECK(staging_path_for(fs::current_path()) == fs::current_path() / ".ensure");

  fs::create_directory(root / "real");
  fs::create_directory_symlink("real", root / "link");
  CHECK(resolved_target(root / "link/env/deeper") == root / "real/env/deeper");
  CHECK(resolved_target(root / "link") == root / "real");
}

}  // namespace ensure::install
