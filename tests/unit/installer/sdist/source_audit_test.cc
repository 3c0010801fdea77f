#include "installer/sdist/source_archive.h"
#include "refused.h"
#include "tests/support/catch.h"

namespace ensure::sdist {

namespace {

using Kind = SourceEntry::Kind;

SourceEntry file(const std::string& path, std::string_view content = "") {
  return {.kind = Kind::kFile, .path = path, .content = content};
}

SourceEntry directory(const std::string& path) { return {.kind = Kind::kDirectory, .path = path}; }

SourceEntry link(const std::string& path, const std::string& target) {
  return {.kind = Kind::kLink, .path = path, .target = target};
}

std::string refused(std::vector<SourceEntry> entries) {
  return refusal_of([&] {
    check_source_entries(entries, wheel::ArchiveErrors("demo.tar"));
    return 0;
  });
}

TEST_CASE("entries come in the order of their paths, each once", "[sdist][audit]") {
  std::vector<SourceEntry> entries{file("b", "1"), directory("a"), file("a/c"), directory("a"),
                                   file("b", "1")};
  check_source_entries(entries, wheel::ArchiveErrors("demo.tar"));
  REQUIRE(entries.size() == 3);
  CHECK(entries[0].path == "a");
  CHECK(entries[2].path == "b");
}

TEST_CASE("paths that leave the archive are refused", "[sdist][audit]") {
  for (const char* const path : {"../a", "/etc/passwd", "a/../../b", "a//b", "a/./b", "", "a\\b",
                                 "a\nb", "c:/a", "..", "\xff"}) {
    CAPTURE(path);
    CHECK_FALSE(refused({file(path)}).empty());
  }
}

TEST_CASE("a path is one thing only", "[sdist][audit]") {
  CHECK_FALSE(refused({file("a", "1"), file("a", "2")}).empty());
  CHECK_FALSE(refused({file("a"), directory("a")}).empty());
  CHECK_FALSE(refused({file("a"), file("a/b")}).empty());
  CHECK_FALSE(refused({link("a", "b"), file("a/b")}).empty());
  CHECK_FALSE(refused({file("a/b/c"), link("a/b", "d")}).empty());
}

TEST_CASE("links inside the archive are kept", "[sdist][audit]") {
  CHECK(refused({link("a/l", "../b/f"), file("b/f")}).empty());
  CHECK(refused({link("a/l", "./f"), file("a/f")}).empty());
  CHECK(refused({link("a/l", "..")}).empty());
  CHECK(refused({link("l", "missing")}).empty());
}

TEST_CASE("links that lead out are refused, through other links as well", "[sdist][audit]") {
  CHECK_FALSE(refused({link("l", "../f")}).empty());
  CHECK_FALSE(refused({link("a/l", "../../f")}).empty());
  CHECK_FALSE(refused({link("l", "/etc/passwd")}).empty());
  CHECK_FALSE(refused({link("l", "")}).empty());
  CHECK_FALSE(refused({link("a/l", "b/../../../f")}).empty());
  CHECK_FALSE(refused({link("dot", "."), link("l", "dot/dot/../../f")}).empty());
  CHECK_FALSE(refused({link("a/up", ".."), link("l", "a/up")}).empty());
  CHECK_FALSE(refused({link("a/up", ".."), link("l", "a/up/f")}).empty());
}

}  // namespace

}  // namespace ensure::sdist
