#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>
#include <vector>

#include "installer/base/files.h"
#include "installer/cache/cache.h"
#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"

namespace ensure::cache {

namespace {

using namespace std::chrono_literals;
using tests::TempDir;

constexpr const char* kUrl = "https://index.test/simple/demo/";
const std::string kSha256(64, 'b');

/// Two contents that no mixture could be taken for.
std::string content(char letter) { return std::string(200'000, letter); }

bool is_one_of_both(const std::string& text) {
  return text == content('1') || text == content('2');
}

/// Files of this process cannot grow beyond some size, as on a full disk.
class FullDisk {
 public:
  explicit FullDisk(rlim_t size) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const struct rlimit limit{size, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    (void)std::signal(SIGXFSZ, handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  struct rlimit before_{};
  void (*handler_)(int);
};

}  // namespace

TEST_CASE("a full disk is noted, and the work goes on", "[cache][faults]") {
  const TempDir folder;
  const Cache cache(folder.path());
  cache.store_page(kUrl, {.content = "old", .etag = {}, .last_modified = {}, .freshness = {}});
  {
    const FullDisk full(1000);
    cache.store_page(kUrl,
                     {.content = content('1'), .etag = {}, .last_modified = {}, .freshness = {}});
    CHECK(cache.problem());
    CHECK(cache.new_wheel(kSha256) == nullptr);
  }
  REQUIRE(cache.find_page(kUrl));
  CHECK(cache.find_page(kUrl)->content == "old");
  CHECK(base::list_directory(folder / "temporary-v1").empty());
}

TEST_CASE("a wheel that does not fit is not kept", "[cache][faults]") {
  const TempDir folder;
  const Cache cache(folder.path());
  const std::unique_ptr<PendingFile> file = cache.new_wheel(kSha256);
  REQUIRE(file);
  {
    const FullDisk full(1000);
    file->write_at(0, "head");
    CHECK(file->is_good());
    file->write_at(500, content('1'));
    CHECK_FALSE(file->is_good());
  }
  file->write_at(0, "head");
  CHECK_FALSE(file->keep());
  CHECK_FALSE(cache.find_wheel(kSha256));
}

TEST_CASE("a cache that cannot be made is noted once and not used", "[cache][faults]") {
  const TempDir folder;
  base::Directory::open(folder.path()).write_file("file", "");
  const Cache cache(folder / "file/cache");
  cache.store_page(kUrl, {.content = "x", .etag = {}, .last_modified = {}, .freshness = {}});
  REQUIRE(cache.problem());
  CHECK(cache.problem()->find((folder / "file").native()) != std::string::npos);
  CHECK_FALSE(cache.find_page(kUrl));
  CHECK_FALSE(cache.find_wheel(kSha256));
  CHECK(cache.new_wheel(kSha256) == nullptr);
  CHECK(cache.new_unpacked(kSha256) == nullptr);
  CHECK(cache.amount() == Amount{});
}

TEST_CASE("a folder where a file belongs is not found", "[cache][faults]") {
  const TempDir folder;
  const Cache cache(folder.path());
  base::make_directories(folder / "wheels-v2" / kSha256);
  CHECK_FALSE(cache.find_wheel(kSha256));
}

TEST_CASE("a cache of another user is not used", "[cache][faults]") {
  if (geteuid() != 0) return;  // only root can make one
  const TempDir folder;
  Cache(folder.path())
      .store_page(kUrl, {.content = "x", .etag = {}, .last_modified = {}, .freshness = {}});
  constexpr uid_t kOther = 12345;
  REQUIRE(chown(folder.path().c_str(), kOther, kOther) == 0);
  const Cache cache(folder.path());
  CHECK_FALSE(cache.find_page(kUrl));
  CHECK(cache.new_wheel(kSha256) == nullptr);
  REQUIRE(cache.problem());
  CHECK(cache.problem()->find("another user") != std::string::npos);
}

TEST_CASE("readers see one content or the other while threads write", "[cache][faults]") {
  const TempDir folder;
  const auto write = [&folder](char letter) {
    const Cache cache(folder.path());
    for (int i = 0; i < 50; ++i) {
      cache.store_page(
          kUrl, {.content = content(letter), .etag = {}, .last_modified = {}, .freshness = {}});
    }
    return cache.problem();
  };
  std::vector<std::jthread> writers;
  writers.emplace_back([&write] { (void)write('1'); });
  writers.emplace_back([&write] { (void)write('2'); });
  const Cache cache(folder.path());
  for (int i = 0; i < 50; ++i) {
    const std::optional<StoredPage> page = cache.find_page(kUrl);
    if (page) CHECK(is_one_of_both(page->content));
  }
  writers.clear();
  REQUIRE(cache.find_page(kUrl));
  CHECK(is_one_of_both(cache.find_page(kUrl)->content));
  CHECK_FALSE(cache.problem());
}

TEST_CASE("a process killed while it writes leaves nothing half", "[cache][faults]") {
  const TempDir folder;
  for (int round = 0; round < 12; ++round) {
    const pid_t child = fork();
    if (child == 0) {
      const Cache cache(folder.path());
      for (char letter = '1';; letter = letter == '1' ? '2' : '1') {
        cache.store_page(
            kUrl, {.content = content(letter), .etag = {}, .last_modified = {}, .freshness = {}});
        cache.store_metadata("demo-1.0-py3-none-any.whl", "sha256=1", content(letter));
      }
    }
    std::this_thread::sleep_for(std::chrono::microseconds(1500 * round));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    const Cache cache(folder.path());
    if (const std::optional<StoredPage> page = cache.find_page(kUrl)) {
      CHECK(is_one_of_both(page->content));
    }
    const std::optional<std::string> metadata =
        cache.find_metadata("demo-1.0-py3-none-any.whl", "sha256=1");
    if (metadata) CHECK(is_one_of_both(*metadata));
    CHECK_FALSE(cache.problem());
  }
  const Cache cache(folder.path());
  CHECK(cache.find_page(kUrl));
}

TEST_CASE("two processes that clean and write get by", "[cache][faults]") {
  const TempDir folder;
  const pid_t child = fork();
  if (child == 0) {
    for (int i = 0; i < 300; ++i) {
      const Cache cache(folder / "cache");
      cache.store_page(kUrl,
                       {.content = content('1'), .etag = {}, .last_modified = {}, .freshness = {}});
    }
    _exit(0);
  }
  int status = 0;
  const Cache cache(folder / "cache");
  while (waitpid(child, &status, WNOHANG) == 0) {
    CHECK_NOTHROW(cache.clean());
    if (const std::optional<StoredPage> page = cache.find_page(kUrl)) {
      CHECK(page->content == content('1'));
    }
  }
  CHECK(status == 0);
}

}  // namespace ensure::cache
