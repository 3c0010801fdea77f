#include "installer/base/text.h"

#include "tests/support/catch.h"

namespace {

using namespace ensure::base;
using Parts = std::vector<std::string_view>;

TEST_CASE("trim removes blanks at both ends only", "[base][text]") {
  CHECK(trim(" \t a b \r\n") == "a b");
  CHECK(trim("   ").empty());
  CHECK(trim("").empty());
}

TEST_CASE("split keeps empty parts", "[base][text]") {
  CHECK(split("a,,b", ',') == Parts{"a", "", "b"});
  CHECK(split("", ',') == Parts{""});
  CHECK(split(",", ',') == Parts{"", ""});
}

TEST_CASE("split_lines knows the three line ends", "[base][text]") {
  CHECK(split_lines("a\nb\r\nc\rd") == Parts{"a", "b", "c", "d"});
  CHECK(split_lines("a\n") == Parts{"a"});
  CHECK(split_lines("\n\n") == Parts{"", ""});
  CHECK(split_lines("").empty());
}

TEST_CASE("replace_all does not look at what it has put in", "[base][text]") {
  CHECK(replace_all("aXbX", "X", "XX") == "aXXbXX");
  CHECK(replace_all("abc", "x", "y") == "abc");
}

TEST_CASE("to_lower leaves everything but ASCII letters alone", "[base][text]") {
  CHECK(to_lower("AbZ-\xC3\x84") == "abz-\xC3\x84");
}

TEST_CASE("is_utf8 follows RFC 3629", "[base][text]") {
  CHECK(is_utf8("plain \xC3\xA4 \xE2\x82\xAC \xF0\x9F\x90\x8D"));
  CHECK_FALSE(is_utf8("\x80"));              // a continuation byte alone
  CHECK_FALSE(is_utf8("\xC0\xAF"));          // an overlong "/"
  CHECK_FALSE(is_utf8("\xE0\x80\xAF"));      // the same in three bytes
  CHECK_FALSE(is_utf8("\xED\xA0\x80"));      // a surrogate
  CHECK_FALSE(is_utf8("\xF4\x90\x80\x80"));  // beyond U+10FFFF
  CHECK_FALSE(is_utf8("\xF0\x9F\x90"));      // cut off
}

TEST_CASE("nearest suggests what is close and nothing else", "[base][text]") {
  const std::vector<std::string> names{"--clear", "--copies", "--upgrade"};
  CHECK(nearest("--claer", names) == "--clear");
  CHECK(nearest("--upgrad", names) == "--upgrade");
  CHECK(nearest("--zzzzzz", names) == std::nullopt);
  CHECK(nearest("x", {}) == std::nullopt);
}

}  // namespace
