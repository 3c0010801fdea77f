#include <string>

#include "installer/wheel/zip/archive_errors.h"
#include "tests/support/catch.h"

using ensure::wheel::fault_of_path;
using ensure::wheel::sort_key_of_path;

TEST_CASE("plain relative paths have no fault", "[wheel][path]") {
  const std::string longest_name(255, 'n');
  for (const std::string& path : {
           std::string("a"),
           std::string("pip/__init__.py"),
           std::string("with space/and 'quotes' \"both\".txt"),
           std::string("...three/..two/dots.."),
           std::string("semi;colon/a:b/c*?<>|"),
           longest_name + '/' + longest_name,
           std::string("caf\xC3\xA9/\xE6\x97\xA5\xE6\x9C\xAC.txt"),
           std::string("\xF0\x9F\x8C\x88.py"),
       }) {
    CAPTURE(path);
    CHECK(fault_of_path(path, true).empty());
  }
}

TEST_CASE("paths that leave the target or mean different things have a fault", "[wheel][path]") {
  using std::string_literals::operator""s;
  std::string deep = "a";
  while (deep.size() <= 2048) deep += "/a";
  for (const std::string& path : {
           ""s,
           "/etc/passwd"s,
           "//server/share"s,
           "../up"s,
           "a/../../up"s,
           "a/.."s,
           ".."s,
           "."s,
           "./a"s,
           "a/./b"s,
           "a//b"s,
           "a/"s,
           "a\\b"s,
           "..\\up"s,
           "C:/windows"s,
           "c:relative"s,
           "nul\0byte"s,
           "line\nbreak"s,
           "escape\x1b[2J"s,
           "delete\x7f"s,
           "latin\xE9"s,
           "overlong\xC0\xAF"s,
           "surrogate\xED\xA0\x80"s,
           "next\xC2\x85line"s,
           "turned\xE2\x80\xAE"s
           "gpj.py"s,
           std::string(256, 'n'),
           deep,
       }) {
    CAPTURE(path);
    CHECK_FALSE(fault_of_path(path, true).empty());
  }
}

TEST_CASE("letters beyond ASCII need the mark of UTF-8", "[wheel][path]") {
  CHECK(fault_of_path("plain.py", false).empty());
  CHECK_FALSE(fault_of_path("caf\xC3\xA9.py", false).empty());
}

TEST_CASE("a directory sorts immediately before what is in it", "[wheel][path]") {
  CHECK(sort_key_of_path("A/B.py") == sort_key_of_path("a/b.PY"));
  CHECK(sort_key_of_path("a") < sort_key_of_path("a/b"));
  CHECK(sort_key_of_path("a/b") < sort_key_of_path("a b"));
  CHECK(sort_key_of_path("a/b") < sort_key_of_path("a-1.0"));
}
