#include "installer/base/printable.h"

#include <string>

#include "tests/support/catch.h"

namespace ensure::base {
namespace {

TEST_CASE("foreign text becomes one line that a terminal does not obey", "[base][printable]") {
  CHECK(printable("a b") == "a b");
  CHECK(printable("a\r\n\tb") == "a\\r\\n\\tb");
  CHECK(printable("\x1b[2J\x07\x7f") == "\\x1b[2J\\x07\\x7f");
  CHECK(printable("\xC2\x9B"
                  "31m") == "\\u{9b}31m");  // C1, as UTF-8
  CHECK(printable("\x9B"
                  "31m") == "\\x9b31m");  // and as a byte
  CHECK(printable("a\xE2\x80\xAE"
                  "b\xE2\x81\xA6") == "a\\u{202e}b\\u{2066}");
  CHECK(printable("\xE2\x80\xA8") == "\\u{2028}");
  CHECK(printable("\xC3\xA9\xE6\x97\xA5\xF0\x9F\x90\x8D") ==
        "\xC3\xA9\xE6\x97\xA5\xF0\x9F\x90\x8D");
  CHECK(printable(std::string_view("\0", 1)) == "\\x00");
}

TEST_CASE("long texts keep their beginning and their end", "[base][printable]") {
  CHECK(shortened("short", 5) == "short");
  const std::string text = std::string(600, 'a') + std::string(600, 'b');
  CHECK(shortened(text, 60) ==
        std::string(30, 'a') + " [... 1150 bytes ...] " + std::string(20, 'b'));
  std::string letters;
  for (int i = 0; i < 100; ++i) letters += "\xE6\x97\xA5";
  for (std::size_t most = 10; most < 20; ++most) {
    CHECK(printable(shortened(letters, most)) == shortened(letters, most));
  }
}

TEST_CASE("JSON keeps its meaning and loses what a terminal would obey", "[base][printable]") {
  CHECK(printable_json("{\n \"a\": \"\xC3\xA9\"}") == "{\n \"a\": \"\xC3\xA9\"}");
  CHECK(printable_json("\"\xC2\x9B\x7F\xE2\x80\xAE\xF3\xA0\x80\x81\"") ==
        "\"\\u009b\\u007f\\u202e\\udb40\\udc01\"");
}

TEST_CASE("characters are counted, not bytes", "[base][printable]") {
  CHECK(character_count("a\xC3\xA9\xE6\x97\xA5") == 3);
}

}  // namespace
}  // namespace ensure::base
