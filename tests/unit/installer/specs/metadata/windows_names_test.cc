#include <string>
#include <vector>

#include "installer/specs/metadata/layout.h"
#include "tests/support/catch.h"

namespace ensure::specs {

TEST_CASE("paths that Windows keeps have no problem", "[specs][windows_names]") {
  for (const char* path : {"a.py", "demo/__init__.py", "demo-1.0.dist-info/METADATA", ".hidden",
                           "a b.txt", "auxiliary.py", "com.py", "com10.py", "lptx", "con_.py",
                           "\xC3\xA9.py", "a+b,c;d=e[f]{g}!@#$%&'().txt"}) {
    INFO(path);
    CHECK(windows_path_problem(path).empty());
  }
}

TEST_CASE("paths that Windows reads differently are found", "[specs][windows_names]") {
  for (const char* path : {"a:b.txt",       "demo/a.py:stream",
                           "q?.txt",        "a*",
                           "a<b",           "a>b",
                           "a|b",           "\"a\"",
                           "a\\b",          "tab\there",
                           "a/line\nend",   "trailing.",
                           "trailing /x",   "dir./x",
                           "aux.py",        "demo/AUX.py",
                           "Con",           "nul/x.py",
                           "prn.tar.gz",    "com1.py",
                           "LPT9",          "com0",
                           "conin$",        "nul .txt",
                           "com\xC2\xB9.py"}) {
    INFO(path);
    CHECK_FALSE(windows_path_problem(path).empty());
  }
}

TEST_CASE("paths that are one on Windows collide", "[specs][windows_names]") {
  using Paths = std::vector<std::string>;
  CHECK_FALSE(windows_collision({}).has_value());
  CHECK_FALSE(windows_collision(Paths{"a/b.py", "a/c.py", "A/d.py", "ab"}).has_value());
  const auto collision = windows_collision(Paths{"x.py", "a/B.py", "A/b.py"});
  REQUIRE(collision.has_value());
  CHECK(collision->first == "a/B.py");
  CHECK(collision->second == "A/b.py");
  CHECK(windows_collision(Paths{"a/b/c.py", "A-b", "A/B"}).has_value());
}

}  // namespace ensure::specs
