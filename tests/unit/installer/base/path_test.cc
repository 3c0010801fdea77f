#include "installer/base/path.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <random>
#include <sstream>
#include <string>
#include <type_traits>

#include "tests/support/catch.h"

namespace ensure::base {

namespace {

/// A text of names, dots and separators.
std::string random_path(std::mt19937& random) {
  constexpr std::array<const char*, 12> kParts{"a",  "b",   "..",    ".", "/",   "//",
                                               ".x", "a.b", "c.d.e", "",  "..a", "a."};
  std::string text;
  for (auto count = random() % 7; count > 0; --count) {
    text += kParts.at(random() % kParts.size());
    if (random() % 2 == 0) text += '/';
  }
  return text;
}

/// Whether `text` is several separators and nothing else: ours is the root, the other is not.
bool is_doubled_root(const std::string& text) {
  return text.size() > 1 && text.find_first_not_of('/') == std::string::npos;
}

template <class AnyPath>
std::string components_of(const AnyPath& path) {
  std::ostringstream all;
  for (const auto& component : path) all << '[' << AnyPath(component) << ']';
  return all.str();
}

std::string shown(const std::filesystem::path& path) { return path.native(); }

}  // namespace

TEST_CASE("paths behave as those of the standard library", "[base][Path]") {
  std::mt19937 random(20261130);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same paths each time
  for (int round = 0; round < 20'000; ++round) {
    const std::string first = random_path(random);
    const std::string second = random_path(random);
    if (is_doubled_root(first) || is_doubled_root(second)) continue;
    const Path path(first);
    const std::filesystem::path other(first);
    INFO("`" << first << "`, `" << second << "`");
    REQUIRE(path.filename().text() == shown(other.filename()));
    REQUIRE(path.stem().text() == shown(other.stem()));
    REQUIRE(path.extension().text() == shown(other.extension()));
    REQUIRE(path.parent_path().text() == shown(other.parent_path()));
    REQUIRE(path.relative_path().text() == shown(other.relative_path()));
    REQUIRE(path.lexically_normal().text() == shown(other.lexically_normal()));
    REQUIRE(path.lexically_relative(second).text() == shown(other.lexically_relative(second)));
    REQUIRE((path / second).text() == shown(other / second));
    REQUIRE(path.has_filename() == other.has_filename());
    REQUIRE(path.has_relative_path() == other.has_relative_path());
    REQUIRE(std::ranges::distance(path.begin(), path.end()) ==
            std::distance(other.begin(), other.end()));
  }
}

TEST_CASE("a path of separators alone is the root", "[base][Path]") {
  CHECK(Path("//").lexically_normal() == "/");
  CHECK(Path("///").parent_path() == "/");
  CHECK(components_of(Path("//a//b/")) == "[/][a][b][]");
}

TEST_CASE("a path lies below another one by components, not by characters", "[base][Path]") {
  CHECK(is_at_or_below("/a/b", "/a"));
  CHECK(is_at_or_below("/a", "/a"));
  CHECK_FALSE(is_at_or_below("/ab", "/a"));
  CHECK_FALSE(is_at_or_below("/a", "/a/b"));
}

TEST_CASE("a path of the target is joined, split and compared like any other", "[base][path]") {
  const TargetPath library = TargetPath("/usr") / "lib/python3" / "site-packages";
  CHECK(library.text() == "/usr/lib/python3/site-packages");
  CHECK(library.parent_path() == TargetPath("/usr/lib/python3"));
  CHECK(library.filename() == "site-packages");
  CHECK(library.relative_to("/usr/bin") == "../lib/python3/site-packages");
  CHECK(library.is_at_or_below("/usr/lib"));
  CHECK_FALSE(library.is_at_or_below("/usr/li"));
  CHECK(TargetPath("/usr/./lib/..").lexically_normal().text() == "/usr/");
  // Neither type becomes the other without being asked.
  static_assert(!std::is_convertible_v<Path, TargetPath>);
  static_assert(!std::is_convertible_v<TargetPath, Path>);
}

}  // namespace ensure::base
