#include <string>

#include "machine_interpreters.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "venv/interpreter/pyvenv_cfg.h"

namespace {

using ensure::venv::escape_undecodable;
using ensure::venv::parse_python_string;
using ensure::venv::python_bytes_literal;
using ensure::venv::python_repr;

TEST_CASE("repr chooses quotes as Python does", "[venv][python_literal]") {
  CHECK(python_repr("") == "''");
  CHECK(python_repr("plain") == "'plain'");
  CHECK(python_repr("it's") == R"("it's")");
  CHECK(python_repr(R"(say "no")") == R"('say "no"')");
  CHECK(python_repr(R"(it's "no")") == R"('it\'s "no"')");
}

TEST_CASE("repr escapes what cannot be printed", "[venv][python_literal]") {
  CHECK(python_repr("a\\b\n\r\t\x7f") == R"('a\\b\n\r\t\x7f')");
  CHECK(python_repr("caf\u00e9 \U0001f40d") == "'caf\u00e9 \U0001f40d'");
  CHECK(python_repr("\u00a0\u200b\ue000\U000e0001") == R"('\xa0\u200b\ue000\U000e0001')");
  CHECK(python_repr("\xff\xc3(\xe2\x82") == R"('\udcff\udcc3(\udce2\udc82')");
  CHECK(python_repr("\xed\xa0\x80") == R"('\udced\udca0\udc80')");
}

TEST_CASE("what repr writes is read again", "[venv][python_literal]") {
  for (const std::string text :
       {"", "it's", "\"", "'\"", "\\", "a\\n\n\r\t\x7f", "caf\u00e9 \U0001f40d",
        "\u00a0\u200b\ue000", "\U000e0001", "\xff\xc3(\xe2\x82", "\xed\xa0\x80"}) {
    CHECK(parse_python_string(python_repr(text)) == text);
  }
  for (const char* text :
       {"", "'", "plain", "'a\"", "'\\'", "'\\q'", "'\\x4'", "'\\xg0'", "'\\U00110000'", "b'a'"}) {
    CHECK_FALSE(parse_python_string(text));
  }
}

TEST_CASE("bytes literals are plain ASCII", "[venv][python_literal]") {
  CHECK(python_bytes_literal("a'\\\"\n\xc3\xa9") == R"(b'a\x27\x5c"\x0a\xc3\xa9')");
}

TEST_CASE("only bytes that are no text are escaped", "[venv][python_literal]") {
  CHECK(escape_undecodable("caf\u00e9\\n'") == "caf\u00e9\\n'");
  CHECK(escape_undecodable("a\xff/\u00e9") == "a\\udcff/\u00e9");
}

TEST_CASE("Python agrees about every character it knows", "[venv][python_literal][machine]") {
  for (const fs::path& python : ensure::tests::machine_pythons()) {
    if (!ensure::tests::is_supported(python)) continue;
    // Characters of categories that change with each version of Unicode are left out.
    const std::vector<std::string> expected = ensure::tests::ask(python, R"(
import sys, unicodedata
text = "".join(c for c in map(chr, range(0x3000)) if unicodedata.category(c) not in ("Cn", "Cs"))
for part in [text[i:i + 500] for i in range(0, len(text), 500)]:
    print(part.encode().hex(), repr(part).encode().hex())
)");
    REQUIRE_FALSE(expected.empty());
    const auto unhex = [](std::string_view digits) {
      std::string bytes;
      for (std::size_t i = 0; i < digits.size(); i += 2) {
        bytes += static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16));
      }
      return bytes;
    };
    for (const std::string& line : expected) {
      const std::size_t blank = line.find(' ');
      CHECK(python_repr(unhex(line.substr(0, blank))) == unhex(line.substr(blank + 1)));
    }
  }
}

}  // namespace
