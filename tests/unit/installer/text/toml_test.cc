#include "installer/text/toml.h"

#include <string>

#include "installer/base/error.h"
#include "tests/support/catch.h"

namespace ensure::text {

TEST_CASE("a document is a table of plain values", "[text][TomlValue]") {
  const TomlValue document = TomlValue::parse(
      "a = 'x'\nb = [1, -2]\nc.d = true\ne = 1970-01-01T01:00:01+01:00\nf = 1.5\ng = 1970-01-02\n");
  CHECK(document.find("a")->text == "x");
  CHECK(document.find("b")->elements.at(1).number == -2);
  CHECK(document.find("c")->find("d")->number == 1);
  CHECK(document.find("e")->number == 1000000);
  CHECK(document.find("f")->kind == TomlKind::kFloat);
  CHECK(document.find("g")->number == 86400LL * 1000000);
  CHECK(document.find("h") == nullptr);
}

TEST_CASE("a text that is not TOML is refused", "[text][TomlValue][foreign]") {
  for (const char* text :
       {"a", "a =", "a = \xC3\xA9", "\xC3\xA9 = 1", "a.\xC3\xA9 = 1", "a.\x01", "a = \xE3\x81\x82",
        "a = 1\na = 2", "[a]\n[a]", "a = \"\\q\"", "\xFF", "a = '\xFF'", "a = 2024-02-30", "[[a]",
        "a = [1, 2", "a = {b = 1,", "a = 99999999999999999999", "a = \"\n\""}) {
    INFO(text);
    CHECK_THROWS_AS(TomlValue::parse(text), base::ParseError);
  }
  CHECK_THROWS_AS(TomlValue::parse("a = " + std::string(100000, '[')), base::ParseError);
}

TEST_CASE("an error names the line of a TOML document", "[text][TomlValue]") {
  const auto message_of = [](std::string_view text) {
    try {
      (void)TomlValue::parse(text);
    } catch (const base::ParseError& error) {
      return error.message();
    }
    return std::string("parsed");
  };
  CHECK(message_of("a = 1\n\nb =\n") == "not TOML at line 3: expected a value");
  CHECK(message_of("a = 1\r\na = 2") == "not TOML at line 2: `a` is defined twice");
  CHECK(message_of("# \xFF") == "not TOML at line 1: the text is not UTF-8");
  CHECK(message_of("a = 1\n# \x1B[31m") ==
        "not TOML at line 2: control characters have to be escaped");
  CHECK(message_of("a = \"\"\"\n\n") ==
        "not TOML at line 3: a string over several lines does not end");
}

TEST_CASE("documents that are too large or too deep are refused", "[text][TomlValue][foreign]") {
  const auto repeated = [](std::string_view part, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += part;
    return text;
  };
  constexpr std::size_t kDeep = 30000;
  for (const std::string& text :
       {repeated("a.", kDeep) + "a = 1", "[" + repeated("a.", kDeep) + "a]",
        "[[" + repeated("a.", kDeep) + "a]]", "a = {" + repeated("a.", kDeep) + "a = 1}",
        "a = " + repeated("[", kDeep) + repeated("]", kDeep),
        "a = " + repeated("{a = ", kDeep) + "1" + repeated("}", kDeep),
        "[" + repeated("a.", 60) + "a]\n" + repeated("a.", 60) + "a = 1"}) {
    INFO(text.substr(0, 20));
    CHECK_THROWS_AS(TomlValue::parse(text), base::ParseError);
  }
  CHECK_THROWS_AS(TomlValue::parse(std::string((std::size_t{16} << 20) + 1, '\n')),
                  base::ParseError);
  CHECK_NOTHROW(TomlValue::parse("a = " + repeated("[", 90) + repeated("]", 90)));
}

TEST_CASE("a document has a million keys and values at most", "[text][TomlValue][bounds]") {
  const auto repeated = [](std::string_view part, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += part;
    return text;
  };
  CHECK_NOTHROW(TomlValue::parse("a = [" + repeated("1,", 200'000) + "]"));
  for (const std::string& text :
       {"a = [" + repeated("1,", 1'000'000) + "]", repeated("[[a]]\n", 1'000'001),
        repeated("[[" + repeated("a.", 99) + "a]]\n", 10'001)}) {
    INFO(text.substr(0, 20));
    CHECK_THROWS_AS(TomlValue::parse(text), base::ParseError);
  }
}

TEST_CASE("strings have four forms", "[text][TomlValue]") {
  const auto text_of = [](const std::string& text) {
    return TomlValue::parse("a = " + text).find("a")->text;
  };
  CHECK(text_of(R"("\u00e9\U0001F600\t\\\"")") == "\xC3\xA9\xF0\x9F\x98\x80\t\\\"");
  CHECK(text_of(R"('\n')") == "\\n");
  CHECK(text_of("\"\"\"\r\na\r\n  b \\  \n\r\n  c\"\"\"\"\"") == "a\n  b c\"\"");
  CHECK(text_of("'''\n\\\n''''") == "\\\n'");
  CHECK(TomlValue::parse("\"\".'a b' = 1").find("")->find("a b")->number == 1);
  for (const char* text :
       {R"("\ud800")", R"("\U00110000")", R"("\u12")", "'a\nb'", "\"\"\"\"\"\"\"\"\""}) {
    INFO(text);
    CHECK_THROWS_AS(text_of(text), base::ParseError);
  }
}

TEST_CASE("numbers, dates and times are checked", "[text][TomlValue]") {
  const auto kind_of = [](const std::string& text) {
    return TomlValue::parse("a = " + text).find("a")->kind;
  };
  for (const char* text : {"0", "+0", "-17", "1_000", "0xDEAD_beef", "0o17", "0b1_0",
                           "9223372036854775807", "-9223372036854775808"}) {
    INFO(text);
    CHECK(kind_of(text) == TomlKind::kInteger);
  }
  for (const char* text : {"1.5", "-0.0", "1e06", "6.6E-34", "1_0.0_1", "inf", "-nan"}) {
    INFO(text);
    CHECK(kind_of(text) == TomlKind::kFloat);
  }
  for (const char* text : {"2024-02-29", "2024-02-29 01:02:03", "2024-02-29t01:02:03.4z",
                           "2024-02-29T01:02:03.123456789+01:00"}) {
    INFO(text);
    CHECK(kind_of(text) == TomlKind::kTime);
  }
  CHECK(kind_of("01:02:03.5") == TomlKind::kTimeOfDay);
  for (const char* text : {"01",
                           "1__0",
                           "_1",
                           "1_",
                           "0x",
                           "0x_1",
                           "+0x1",
                           "0o8",
                           "0x-1",
                           "1.",
                           ".5",
                           "1.e1",
                           "1e",
                           "9223372036854775808",
                           "True",
                           "Inf",
                           "2023-02-29",
                           "2024-02-29T",
                           "2024-02-29T01:02",
                           "24:00:00",
                           "01:02",
                           "2024-1-1",
                           "1 2"}) {
    INFO(text);
    CHECK_THROWS_AS(kind_of(text), base::ParseError);
  }
}

// The rules of the specification for what a header or a dotted key may extend.
TEST_CASE("a table is defined once", "[text][TomlValue]") {
  const auto document =
      TomlValue::parse("[a.b]\nc = 1\n[a]\nd.e = 1\nd.f = 2\n[a.d.g]\n[[h]]\n[h.i]\n[[h]]\n");
  CHECK(document.find("a")->find("b")->find("c")->number == 1);
  CHECK(document.find("a")->find("d")->members.size() == 3);
  CHECK(document.find("h")->elements.at(0).find("i") != nullptr);
  CHECK(document.find("h")->elements.at(1).members.empty());
  for (const char* text : {"[a]\n[a]",
                           "a.b = 1\n[a]",
                           "a = {}\n[a]",
                           "a = {}\na.b = 1",
                           "[a.b]\n[a]\nb.c = 1",
                           "a = []\n[[a]]",
                           "[a]\n[[a]]",
                           "[[a]]\n[a]",
                           "[[a.b]]\n[a]\nb.c = 1",
                           "a = 1\na.b = 2",
                           "a = {b.c = 1, b = {}}",
                           "a = {b = 1, b = 2}",
                           "a = {b = 1,}",
                           "a = {\n}",
                           "a.b = 1\na = 1",
                           "[a.b]\nx = 1\n[a]\nb = 1",
                           "[ [a]]",
                           "[a] b = 1",
                           "a = 1 b = 2",
                           "[]",
                           "[a.]"}) {
    INFO(text);
    CHECK_THROWS_AS(TomlValue::parse(text), base::ParseError);
  }
}

TEST_CASE("what has another form is named by its place", "[text][TomlReader]") {
  const TomlValue document = TomlValue::parse("a = [{b = 'c'}, {b = 5}]");
  const TomlReader reader(document, "test file");
  try {
    for (const TomlReader& entry : reader.elements("a", TomlKind::kTable)) (void)entry.string("b");
    FAIL("not refused");
  } catch (const base::Error& error) {
    CHECK(error.message() == "this is not a test file: `a[1].b` has to be a string");
  }
  CHECK_THROWS_AS(reader.strings("a"), base::Error);
  CHECK(reader.strings("b").empty());
  CHECK(reader.optional_string("b").empty());
}

}  // namespace ensure::text
