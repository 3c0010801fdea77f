#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>
#include <vector>

#include "installer/base/directory.h"
#include "installer/base/file.h"
#include "installer/cache/cache.h"
#include "installer/cache/upkeep.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
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
  const TempDir directory;
  const Cache cache(directory.path());
  cache.store_page(kUrl, {.content = "old", .etag = {}, .last_modified = {}, .freshness = {}});
  {
    const FullDisk full(1000);
    cache.store_page(kUrl,
                     {.content = content('1'), .etag = {}, .last_modified = {}, .freshness = {}});
    CHECK(cache.failure());
    CHECK(cache.new_wheel(kSha256) == nullptr);
  }
  REQUIRE(cache.find_page(kUrl));
  CHECK(cache.find_page(kUrl)->content == "old");
  CHECK(base::list_directory(directory / "temporary-v1").empty());
}

TEST_CASE("a wheel that does not fit is not kept", "[cache][faults]") {
  const TempDir directory;
  const Cache cache(directory.path());
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
  const TempDir directory;
  base::Directory::open(directory.path()).write_file("file", "");
  const Cache cache(directory / "file/cache");
  cache.store_page(kUrl, {.content = "x", .etag = {}, .last_modified = {}, .freshness = {}});
  REQUIRE(cache.failure());
  CHECK(cache.failure()->find((directory / "file").text()) != std::string::npos);
  CHECK_FALSE(cache.find_page(kUrl));
  CHECK_FALSE(cache.find_wheel(kSha256));
  CHECK(cache.new_wheel(kSha256) == nullptr);
  CHECK(cache.new_unpacked(kSha256) == nullptr);
  CHECK(measure(cache.path()) == CacheSize{});
}

TEST_CASE("a directory where a file belongs is not found", "[cache][faults]") {
  const TempDir directory;
  const Cache cache(directory.path());
  base::make_directories(directory / "wheels-v2" / kSha256);
  CHECK_FALSE(cache.find_wheel(kSha256));
}

TEST_CASE("a cache of another user is not used", "[cache][faults]") {
  if (geteuid() != 0) return;  // only root can make one
  const TempDir directory;
  Cache(directory.path())
      .store_page(kUrl, {.content = "x", .etag = {}, .last_modified = {}, .freshness = {}});
  constexpr uid_t kOther = 12345;
  REQUIRE(chown(directory.path().c_str(), kOther, kOther) == 0);
  const Cache cache(directory.path());
  CHECK_FALSE(cache.find_page(kUrl));
  CHECK(cache.new_wheel(kSha256) == nullptr);
  REQUIRE(cache.failure());
  CHECK(cache.failure()->find("another user") != std::string::npos);
}

TEST_CASE("what others may write to is not found", "[cache][faults]") {
  const TempDir directory;
  {
    const Cache cache(directory.path());
    cache.store_source(kSha256, "source");
    cache.store_page(kUrl, {.content = "x", .etag = {}, .last_modified = {}, .freshness = {}});
    const std::unique_ptr<PendingDirectory> unpacked = cache.new_unpacked(kSha256);
    unpacked->directory().write_file("demo.py", "x");
    CHECK(unpacked->keep());
  }
  const auto open_up = [&](const char* name) {
    fs::permissions(directory / name, fs::perms::group_write, fs::perm_options::add);
  };
  SECTION("an entry") {
    open_up(("sources-v1/" + kSha256).c_str());
    open_up(("unpacked-v1/" + kSha256).c_str());
    const Cache cache(directory.path());
    CHECK_FALSE(cache.find_source(kSha256));
    CHECK_FALSE(cache.find_unpacked(kSha256));
    CHECK(cache.find_page(kUrl));
    CHECK_FALSE(cache.failure());
    cache.store_source(kSha256, "again");
    REQUIRE(cache.find_source(kSha256));
    CHECK(cache.find_source(kSha256)->bytes == "again");
    CHECK_FALSE(fs::exists(directory / "unpacked-v1" / kSha256));
  }
  SECTION("a bucket") {
    open_up("sources-v1");
    const Cache cache(directory.path());
    CHECK_FALSE(cache.find_source(kSha256));
    CHECK(cache.find_page(kUrl));
    REQUIRE(cache.failure());
    CHECK(cache.failure()->find("sources-v1") != std::string::npos);
  }
  SECTION("the directory itself says where links may lead, and no more") {
    open_up("");
    const Cache cache(directory.path());
    CHECK(cache.find_source(kSha256));
    CHECK_FALSE(cache.has_lasting_paths());
    CHECK_FALSE(cache.temporary_directory("build-"));
    fs::permissions(directory.path(), fs::perms::sticky_bit, fs::perm_options::add);
    CHECK(cache.has_lasting_paths());
    CHECK(cache.temporary_directory("build-"));
  }
}

TEST_CASE("nothing below the directory is reached through a link", "[cache][faults]") {
  const TempDir directory;
  const TempDir outside;
  Cache(directory.path())
      .store_page(kUrl, {.content = "x", .etag = "e", .last_modified = {}, .freshness = {}});
  const fs::path bucket = directory / "pages-v3";
  const Freshness now{.fetched_at = std::chrono::sys_seconds(5s), .max_age = 7s};

  SECTION("an entry") {
    const fs::path page = bucket / base::list_directory(bucket).front();
    fs::rename(page, outside / "page");
    fs::create_symlink(outside / "page", page);
  }
  SECTION("a further name of a file") {
    const fs::path page = bucket / base::list_directory(bucket).front();
    fs::create_hard_link(page, outside / "page");
  }
  SECTION("a bucket") {
    fs::rename(bucket, outside / "pages");
    fs::create_symlink(outside / "pages/", bucket);
    fs::rename(outside / "pages" / base::list_directory(outside / "pages").front(),
               outside / "page");
    const Cache cache(directory.path());
    CHECK_FALSE(cache.find_page(kUrl));
    REQUIRE(cache.failure());
    CHECK(cache.failure()->find("is a link") != std::string::npos);
  }
  const std::string before = base::read_file(outside / "page");
  Cache(directory.path()).renew_page(kUrl, now);
  CHECK(base::read_file(outside / "page") == before);
}

TEST_CASE("the directory may be reached through a link", "[cache][faults]") {
  const TempDir directory;
  fs::create_directory(directory / "real");
  fs::create_symlink("real", directory / "link");
  const Cache cache(directory / "link");
  cache.store_source(kSha256, "source");
  CHECK(cache.find_source(kSha256));
  CHECK_FALSE(cache.failure());
  CHECK(fs::exists(directory / "real/sources-v1" / kSha256));
  CHECK(clean(cache.path()).files == 1);
}

TEST_CASE("directories that are exchanged meanwhile lead nowhere else", "[cache][faults]") {
  const TempDir directory;
  const Cache cache(directory / "cache");
  cache.store_source(kSha256, "mine");
  const std::optional<CachedFile> found = cache.find_source(kSha256);
  const std::unique_ptr<PendingFile> pending = cache.new_wheel(kSha256);
  REQUIRE((found && pending));
  fs::rename(directory / "cache", directory / "aside");
  fs::create_directories(directory / "cache/sources-v1");
  fs::create_directories(directory / "cache/wheels-v2");
  base::Directory::open(directory / "cache/sources-v1").write_file(kSha256, "forged");
  CHECK(cache.find_source(kSha256)->bytes == "mine");
  CHECK(found->reopen().read() == "mine");
  pending->write_at(0, "wheel");
  CHECK(pending->keep());
  CHECK(fs::is_empty(directory / "cache/wheels-v2"));
  CHECK(fs::exists(directory / "aside/wheels-v2" / kSha256));
}

TEST_CASE("pipes and devices in a cache are not found", "[cache][faults]") {
  const TempDir directory;
  const Cache cache(directory.path());
  cache.store_source(std::string(64, 'a'), "x");
  REQUIRE(mkfifo((directory / "sources-v1" / kSha256).c_str(), 0600) == 0);
  fs::create_symlink("/dev/zero", directory / "wheels-v2" / kSha256);
  CHECK_FALSE(cache.find_source(kSha256));
  CHECK_FALSE(cache.find_wheel(kSha256));
}

TEST_CASE("readers see one content or the other while threads write", "[cache][faults]") {
  const TempDir directory;
  const auto write = [&directory](char letter) {
    const Cache cache(directory.path());
    for (int i = 0; i < 50; ++i) {
      cache.store_page(
          kUrl, {.content = content(letter), .etag = {}, .last_modified = {}, .freshness = {}});
    }
    return cache.failure();
  };
  std::vector<std::jthread> writers;
  writers.emplace_back([&write] { (void)write('1'); });
  writers.emplace_back([&write] { (void)write('2'); });
  const Cache cache(directory.path());
  for (int i = 0; i < 50; ++i) {
    const std::optional<StoredPage> page = cache.find_page(kUrl);
    if (page) CHECK(is_one_of_both(page->content));
  }
  writers.clear();
  REQUIRE(cache.find_page(kUrl));
  CHECK(is_one_of_both(cache.find_page(kUrl)->content));
  CHECK_FALSE(cache.failure());
}

TEST_CASE("a process killed while it writes leaves nothing half", "[cache][faults]") {
  const TempDir directory;
  for (int round = 0; round < 12; ++round) {
    const pid_t child = fork();
    if (child == 0) {
      const Cache cache(directory.path());
      for (char letter = '1';; letter = letter == '1' ? '2' : '1') {
        cache.store_page(
            kUrl, {.content = content(letter), .etag = {}, .last_modified = {}, .freshness = {}});
        cache.store_metadata("demo-1.0-py3-none-any.whl", "sha256=1", content(letter));
      }
    }
    std::this_thread::sleep_for(std::chrono::microseconds(1500 * round));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    const Cache cache(directory.path());
    if (const std::optional<StoredPage> page = cache.find_page(kUrl)) {
      CHECK(is_one_of_both(page->content));
    }
    const std::optional<std::string> metadata =
        cache.find_metadata("demo-1.0-py3-none-any.whl", "sha256=1");
    if (metadata) CHECK(is_one_of_both(*metadata));
    CHECK_FALSE(cache.failure());
  }
  const Cache cache(directory.path());
  CHECK(cache.find_page(kUrl));
}

TEST_CASE("two processes that clean and write get by", "[cache][faults]") {
  const TempDir directory;
  const pid_t child = fork();
  if (child == 0) {
    for (int i = 0; i < 300; ++i) {
      const Cache cache(directory / "cache");
      cache.store_page(kUrl,
                       {.content = content('1'), .etag = {}, .last_modified = {}, .freshness = {}});
    }
    _exit(0);
  }
  int status = 0;
  const Cache cache(directory / "cache");
  while (waitpid(child, &status, WNOHANG) == 0) {
    CHECK_NOTHROW(clean(cache.path()));
    if (const std::optional<StoredPage> page = cache.find_page(kUrl)) {
      CHECK(page->content == content('1'));
    }
  }
  CHECK(status == 0);
}

}  // namespace ensure::cache
