#include "venv/interpreter/library_cache.h"

#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "installer/base/files.h"
#include "tests/support/catch.h"
#include "venv/interpreter/native_linking.h"

using ensure::venv::kNativeCacheKind;
using ensure::venv::LibraryCache;

namespace {

struct Listed {
  std::string name;
  std::string path;
  std::int32_t kind = kNativeCacheKind;
  std::uint64_t processor = 0;
};

template <typename Value>
void append(std::string& bytes, Value value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

/// A cache in the present format; `libraries` are in its order.
std::string cache_of(const std::vector<Listed>& libraries) {
  std::string bytes = "glibc-ld.so.cache1.1";
  append(bytes, static_cast<std::uint32_t>(libraries.size()));
  bytes.resize(48);
  std::string texts;
  const std::size_t texts_start = bytes.size() + libraries.size() * 24;
  const auto add_text = [&](const std::string& text) {
    const std::size_t at = texts_start + texts.size();
    texts += text + '\0';
    return static_cast<std::uint32_t>(at);
  };
  for (const Listed& library : libraries) {
    append(bytes, library.kind);
    append(bytes, add_text(library.name));
    append(bytes, add_text(library.path));
    append(bytes, std::uint32_t{0});
    append(bytes, library.processor);
  }
  return bytes + texts;
}

std::string found(const std::string& bytes, std::string_view name) {
  const std::optional<LibraryCache> cache = LibraryCache::try_parse(bytes);
  if (!cache) return "no cache";
  const auto library = cache->find(name);
  if (!library) return "nothing";
  return std::string(library->path) + (library->is_the_only_variant ? "" : " or another");
}

const std::vector<Listed>& sample() {
  static const std::vector<Listed> kSample{
      {.name = "libz.so.1", .path = "/z"},  {.name = "libx.so.10", .path = "/x10"},
      {.name = "libx.so.9", .path = "/x9"}, {.name = "libv.so.1", .path = "/v3", .processor = 1},
      {.name = "libv.so.1", .path = "/v"},  {.name = "libm.so.6", .path = "/32/m", .kind = 3},
      {.name = "libm.so.6", .path = "/m"},  {.name = "libm.so.6", .path = "/local/m"},
      {.name = "liba-2.so", .path = "/a2"}, {.name = "liba.so", .path = "/a"},
      {.name = "liba", .path = "/short"}};
  return kSample;
}

}  // namespace

TEST_CASE("A library is found in the cache by its name", "[venv][LibraryCache]") {
  const std::string bytes = cache_of({{.name = "libz.so.1", .path = "/z"},
                                      {.name = "libx.so.10", .path = "/x10"},
                                      {.name = "libx.so.9", .path = "/x9"},
                                      {.name = "liba.so", .path = "/a"}});
  CHECK(found(bytes, "libz.so.1") == "/z");
  CHECK(found(bytes, "libx.so.10") == "/x10");
  CHECK(found(bytes, "libx.so.9") == "/x9");
  CHECK(found(bytes, "liba.so") == "/a");
  for (const char* name : {"", "liba", "liba.so.1", "libx.so.11", "libzz.so", "libx.so.09"}) {
    CHECK(found(bytes, name) == "nothing");
  }
  CHECK(found(cache_of({}), "liba.so") == "nothing");
}

TEST_CASE("Of several entries the first of the right kind counts", "[venv][LibraryCache]") {
  const std::string bytes = cache_of(sample());
  CHECK(found(bytes, "libm.so.6") == "/m");
  CHECK(found(bytes, "libv.so.1") == "/v3 or another");
}

TEST_CASE("The cache may be behind one in the older format", "[venv][LibraryCache]") {
  for (const std::uint32_t count : {0U, 1U, 2U, 3U}) {
    std::string bytes = "ld.so-1.7.0";
    bytes.resize(12);
    append(bytes, count);
    bytes.resize((16 + count * 12 + 7) / 8 * 8);
    CHECK(found(bytes + cache_of(sample()), "libx.so.9") == "/x9");
    CHECK(found(bytes, "libx.so.9") == "no cache");
  }
}

TEST_CASE("A damaged cache does no harm", "[venv][LibraryCache]") {
  const std::string bytes = cache_of(sample());
  CHECK(found("", "liba.so") == "no cache");
  CHECK(found("glibc-ld.so.cache1.1", "liba.so") == "no cache");
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const std::string answer = found(bytes.substr(0, size), "libz.so.1");
    CHECK((answer == "no cache" || answer == "nothing" || answer == "/z" || answer.empty()));
  }
  std::string huge = bytes;
  huge.replace(20, 4, "\xff\xff\xff\xff");
  CHECK(found(huge, "libz.so.1") == "no cache");
}

TEST_CASE("This machine's cache is understood", "[venv][LibraryCache]") {
  const auto bytes = ensure::base::read_file_if_exists("/etc/ld.so.cache");
  if (!bytes || kNativeCacheKind == 0) return;
  CHECK(found(*bytes, "libc.so.6").ends_with("/libc.so.6"));
  CHECK(found(*bytes, "libm.so.6").ends_with("/libm.so.6"));
}
