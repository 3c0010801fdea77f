#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "installer/base/error.h"
#include "installer/install/transaction/staging.h"
#include "killed_process.h"
#include "scenario.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"

namespace ensure::install {

namespace {

/// As on NFS, where a directory cannot be locked because it cannot be opened for writing.
void forbid_directory_locks() { forbid_call(SYS_flock, EBADF); }

void require(bool condition) {
  if (!condition) throw base::Error(base::ExitCode::kFailure, "a test failed in a child process");
}

/// Adds one to the number in a file, slowly, under the lock.
void count_up(const fs::path& root) {
  const Transaction transaction({{root / "env"}}, staging_path_for(root / "env"),
                                std::chrono::seconds(60));
  const std::string before = base::read_file(root / "count");
  usleep(200);
  put(root / "count", before + "1");
}

}  // namespace

TEST_CASE("a directory has one lock, which ends with its holder", "[install][DirectoryLock]") {
  const auto job = [](const fs::path& path) {
    const base::Directory parent = base::Directory::open(path.parent_path());
    const base::Directory directory = parent.open_directory(path.filename());
    std::optional<DirectoryLock> first = DirectoryLock::try_take(directory);
    require(first && first->is_of_current(parent, directory));
    const base::Directory again = base::Directory::open(path);
    require(!DirectoryLock::try_take(again));
    if (!first->is_by_file()) return;
    first.reset();
    first = DirectoryLock::try_take(again);
    require(first.has_value());
    fs::remove(path / DirectoryLock::kFile);
    require(!first->is_of_current(parent, again));
  };
  const tests::TempDir directory;
  SECTION("by the directory") {
    CHECK(run_apart([&] { job(directory.path()); }) == Ending::kSucceeded);
    CHECK(fs::is_empty(directory.path()));
  }
  SECTION("by a file") {
    CHECK(run_apart([&] {
            forbid_directory_locks();
            job(directory.path());
          }) == Ending::kSucceeded);
  }
}

TEST_CASE("where nothing can be locked the message says so", "[install][DirectoryLock]") {
  const tests::TempDir directory;
  CHECK(run_apart([&] {
          forbid_directory_locks();
          const base::Directory opened = base::Directory::open(directory.path());
          forbid_call(SYS_fcntl, ENOLCK);
          try {
            (void)DirectoryLock::try_take(opened);
          } catch (const base::Error& error) {
            require(error.exit_code() == base::ExitCode::kFileSystem);
            require(error.message().find(directory.path().text()) != std::string::npos);
            require(error.message().find("locks") != std::string::npos && !error.hints().empty());
            return;
          }
          require(false);
        }) == Ending::kSucceeded);
}

TEST_CASE("processes come in turn where directories cannot be locked", "[install][DirectoryLock]") {
  constexpr int kProcesses = 6;
  constexpr int kRounds = 20;
  const tests::TempDir directory;
  put(directory / "count", "");
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    children.push_back(fork());
    if (children.back() != 0) continue;
    _exit(run_apart([&] {
            forbid_directory_locks();
            for (int round = 0; round < kRounds; ++round) count_up(directory.path());
          }) == Ending::kSucceeded
              ? 0
              : 1);
  }
  for (const pid_t child : children) {
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
  }
  CHECK(base::read_file(directory / "count").size() == kProcesses * kRounds);
  CHECK(base::list_directory(directory.path()) == std::vector<std::string>{"count"});
}

TEST_CASE("a kill anywhere leaves the state before or after where directories cannot be locked",
          "[install][DirectoryLock]") {
  check_every_kill({make_environment,
                    [](const fs::path& root) {
                      forbid_directory_locks();
                      upgrade_in_place(root);
                    },
                    false});
}

}  // namespace ensure::install
