#include "installer/cache/cache.h"

#include <unistd.h>

#include <vector>

#include "installer/base/directory.h"
#include "installer/base/file.h"
#include "installer/cache/upkeep.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"

namespace ensure::cache {

namespace {

using namespace std::chrono_literals;
using tests::TempDir;

const std::string kSha256 = std::string(63, 'a') + "1";

StoredPage page(const std::string& content) {
  return {.content = content,
          .etag = "\"tag\"",
          .last_modified = "Wed, 25 Nov 2026 02:00:00 GMT",
          .freshness = {.fetched_at = std::chrono::sys_seconds(1000s), .max_age = 600s}};
}

/// The only file in a bucket.
fs::path only_file(const fs::path& bucket) {
  const std::vector<std::string> names = base::list_directory(bucket);
  REQUIRE(names.size() == 1);
  return bucket / names.front();
}

void rewrite(const fs::path& path, const std::string& content) {
  base::remove_tree(path);
  base::Directory::open(path.parent_path()).write_file(path.filename(), content);
}

void keep_wheel(const Cache& cache, const std::string& content) {
  const std::unique_ptr<PendingFile> file = cache.new_wheel(kSha256);
  REQUIRE(file);
  file->write_at(0, content);
  CHECK(file->keep());
}

TEST_CASE("source distributions and built wheels are kept", "[cache]") {
  const TempDir directory;
  const Cache cache(directory / "cache");
  CHECK_FALSE(cache.find_source(kSha256));
  cache.store_source(kSha256, "source");
  REQUIRE(cache.find_source(kSha256));
  CHECK(cache.find_source(kSha256)->bytes == "source");
  CHECK_FALSE(cache.find_source("../" + kSha256));

  CHECK_FALSE(cache.has_built("key"));
  cache.store_built("key", {.filename = "demo-1.0-py3-none-any.whl", .bytes = "wheel"});
  CHECK(cache.has_built("key"));
  REQUIRE(cache.find_built("key"));
  CHECK(cache.find_built("key")->filename == "demo-1.0-py3-none-any.whl");
  CHECK(cache.find_built("key")->bytes == "wheel");
  CHECK_FALSE(cache.find_built("other key"));
  rewrite(only_file(directory / "cache/built-v1"), "damaged");
  CHECK_FALSE(cache.find_built("key"));
  CHECK(clean(cache.path()).files > 0);
}

}  // namespace

TEST_CASE("nothing is created before something is kept", "[cache][Cache]") {
  const TempDir directory;
  const Cache cache(directory / "a/b");
  CHECK_FALSE(cache.find_page("https://index.test/simple/demo/"));
  CHECK_FALSE(cache.find_metadata("demo-1.0-py3-none-any.whl", "sha256=1"));
  CHECK_FALSE(cache.find_wheel(kSha256));
  CHECK_FALSE(cache.find_unpacked(kSha256));
  CHECK(measure(cache.path()) == CacheSize{});
  CHECK_FALSE(fs::exists(directory / "a"));
  cache.store_page("https://index.test/", page("x"));
  CHECK(fs::exists(directory / "a/b/CACHEDIR.TAG"));
  CHECK_FALSE(cache.failure());
}

TEST_CASE("a page is found as it was stored", "[cache][Cache]") {
  const TempDir directory;
  const std::string url = "https://index.test/simple/demo/";
  Cache(directory.path()).store_page(url, page("content"));
  const Cache cache(directory.path());
  CHECK(cache.find_page(url) == page("content"));
  CHECK_FALSE(cache.find_page("https://index.test/simple/other/"));
  cache.store_page(url, page("newer"));
  CHECK(cache.find_page(url) == page("newer"));
}

TEST_CASE("credentials in a URL do not count, and are not written down", "[cache][Cache]") {
  const TempDir directory;
  const Cache cache(directory.path());
  cache.store_page("https://user:s3cret@index.test/simple/demo/", page("content"));
  CHECK(cache.find_page("https://index.test/simple/demo/"));
  CHECK(cache.find_page("https://other:p@ss@index.test/simple/demo/"));
  CHECK_FALSE(cache.find_page("https://index.test/simple/demo/?a@b"));
  CHECK(base::read_file(only_file(directory / "pages-v3")).find("s3cret") == std::string::npos);
}

TEST_CASE("a page that was found unchanged is fresh again", "[cache][Cache]") {
  const TempDir directory;
  const Cache cache(directory.path());
  const std::string url = "https://index.test/simple/demo/";
  cache.renew_page(url, {});
  CHECK_FALSE(cache.find_page(url));
  cache.store_page(url, page("content"));
  const Freshness now{.fetched_at = std::chrono::sys_seconds(5000s), .max_age = 60s};
  cache.renew_page(url, now);
  StoredPage expected = page("content");
  expected.freshness = now;
  CHECK(cache.find_page(url) == expected);
}

TEST_CASE("the key of a page that is for somebody is another in each cache", "[cache]") {
  const tests::TempDir directory;
  const Cache one(directory / "one");
  const Cache two(directory / "two");
  const std::string url = "https://index.test/simple/demo/";
  const auto key = one.page_key(url, "me");
  REQUIRE(key);
  CHECK(key == one.page_key(url, "me"));
  CHECK(key == Cache(directory / "one").page_key(url, "me"));
  CHECK(key != one.page_key(url, "you"));
  CHECK(key != two.page_key(url, "me"));
  CHECK_FALSE(Cache::disabled().page_key(url, "me"));
  // A secret that others can read, or that is a link, is not used.
  const fs::path secret = directory / "one" / "pages-v3" / "secret";
  fs::permissions(secret, fs::perms::others_read, fs::perm_options::add);
  CHECK_FALSE(one.page_key(url, "me"));
  fs::remove(secret);
  fs::create_symlink(directory / "two" / "pages-v3" / "secret", secret);
  CHECK_FALSE(one.page_key(url, "me"));
}

TEST_CASE("a damaged page is not found, and damaged times have passed", "[cache][Cache]") {
  const TempDir directory;
  const Cache cache(directory.path());
  const std::string url = "https://index.test/simple/demo/";
  cache.store_page(url, page("content"));
  const fs::path file = only_file(directory / "pages-v3");
  const std::string bytes = base::read_file(file);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    CAPTURE(i);
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 0x20);
    rewrite(file, changed);
    const std::optional<StoredPage> found = cache.find_page(url);
    constexpr std::size_t kTimes = 24;
    if (i < kTimes) {
      REQUIRE(found);
      CHECK(found->content == "content");
      CHECK(found->freshness == Freshness{});
    } else {
      CHECK_FALSE(found);
    }
    rewrite(file, bytes.substr(0, i));
    CHECK_FALSE(cache.find_page(url));
  }
}

TEST_CASE("what is stored under another name is not believed", "[cache][Cache]") {
  const TempDir directory;
  const Cache cache(directory.path());
  const std::string url = "https://index.test/simple/demo/";
  cache.store_page(url, page("demo"));
  const fs::path demo = only_file(directory / "pages-v3");
  const std::string bytes = base::read_file(demo);
  base::remove_tree(demo);
  cache.store_page("https://index.test/simple/other/", page("other"));
  rewrite(only_file(directory / "pages-v3"), bytes);
  CHECK_FALSE(cache.find_page("https://index.test/simple/other/"));

  cache.store_metadata("a-1.0-py3-none-any.whl", "sha256=1", "a");
  const fs::path metadata = only_file(directory / "metadata-v2");
  const std::string of_a = base::read_file(metadata);
  base::remove_tree(metadata);
  cache.store_metadata("b-1.0-py3-none-any.whl", "sha256=1", "b");
  rewrite(only_file(directory / "metadata-v2"), of_a);
  CHECK_FALSE(cache.find_metadata("b-1.0-py3-none-any.whl", "sha256=1"));
}

TEST_CASE("metadata are those of one file with one identity", "[cache][Cache]") {
  const TempDir directory;
  const Cache cache(directory.path());
  cache.store_metadata("demo-1.0-py3-none-any.whl", "sha256=1", "Name: demo\n");
  CHECK(cache.find_metadata("demo-1.0-py3-none-any.whl", "sha256=1") == "Name: demo\n");
  CHECK_FALSE(cache.find_metadata("demo-1.0-py3-none-any.whl", "sha256=2"));
  CHECK_FALSE(cache.find_metadata("demo-1.1-py3-none-any.whl", "sha256=1"));
}

TEST_CASE("a wheel is there once it is kept", "[cache][Cache]") {
  const TempDir directory;
  const Cache cache(directory.path());
  {
    const std::unique_ptr<PendingFile> file = cache.new_wheel(kSha256);
    REQUIRE(file);
    file->write_at(4, "tail");
    CHECK_FALSE(cache.find_wheel(kSha256));
  }
  CHECK_FALSE(cache.find_wheel(kSha256));
  CHECK(base::list_directory(directory / "temporary-v1").empty());

  const std::unique_ptr<PendingFile> file = cache.new_wheel(kSha256);
  REQUIRE(file);
  file->write_at(4, "tail");
  file->write_at(0, "head");
  CHECK(file->keep());
  const std::optional<CachedFile> found = cache.find_wheel(kSha256);
  REQUIRE(found);
  CHECK(found->bytes == "headtail");
  cache.drop_wheel(kSha256);
  CHECK_FALSE(cache.find_wheel(kSha256));
  CHECK(found->bytes == "headtail");
}

TEST_CASE("only a digest names a wheel", "[cache][Cache]") {
  const TempDir directory;
  const Cache cache(directory / "cache");
  keep_wheel(cache, "x");
  for (const std::string& name : {std::string("../") + kSha256.substr(3), std::string(),
                                  std::string("a"), std::string(64, 'A'), kSha256 + "a"}) {
    CHECK_FALSE(cache.find_wheel(name));
    CHECK(cache.new_wheel(name) == nullptr);
    CHECK(cache.new_unpacked(name) == nullptr);
    cache.drop_wheel(name);
  }
  CHECK(cache.find_wheel(kSha256));
}

TEST_CASE("an unpacked wheel is there once it is filled", "[cache][Cache]") {
  const TempDir directory;
  const Cache cache(directory.path());
  const auto start = [&cache] {
    std::unique_ptr<PendingDirectory> made = cache.new_unpacked(kSha256);
    REQUIRE(made);
    made->directory().write_file("demo.py", "x");
    return made;
  };
  (void)start();
  CHECK_FALSE(cache.find_unpacked(kSha256));
  CHECK(base::list_directory(directory / "temporary-v1").empty());

  std::unique_ptr<PendingDirectory> first = start();
  std::unique_ptr<PendingDirectory> second = start();  // as another process would
  CHECK(first->final_path() == directory / "unpacked-v1" / kSha256);
  CHECK(first->keep());
  CHECK(second->keep());
  const std::optional<base::Directory> found = cache.find_unpacked(kSha256);
  REQUIRE(found);
  CHECK(base::read_file(found->path() / "demo.py") == "x");
  second.reset();
  first.reset();
  CHECK(base::list_directory(directory / "temporary-v1").empty());
  CHECK_FALSE(cache.failure());
  base::remove_tree(directory / "unpacked-v1" / kSha256);
  CHECK_FALSE(cache.find_unpacked(kSha256));
}

TEST_CASE("a disabled cache keeps nothing", "[cache][Cache]") {
  const Cache cache = Cache::disabled();
  cache.store_page("https://index.test/", page("x"));
  cache.store_metadata("demo-1.0-py3-none-any.whl", "sha256=1", "x");
  CHECK_FALSE(cache.find_page("https://index.test/"));
  CHECK_FALSE(cache.find_metadata("demo-1.0-py3-none-any.whl", "sha256=1"));
  CHECK(cache.new_wheel(kSha256) == nullptr);
  CHECK(measure(cache.path()) == CacheSize{});
  CHECK(clean(cache.path()) == CacheSize{});
  CHECK_FALSE(cache.failure());
}

}  // namespace ensure::cache
