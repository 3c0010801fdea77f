#include "installer/text/json_reader.h"

#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "installer/base/error.h"
#include "tests/support/catch.h"

namespace ensure::text {
namespace {

using nlohmann::json;

/// The value that comes next, as a tree: for comparing with another reader.
json tree_of(JsonReader& reader) {
  json tree;
  switch (reader.kind()) {
    case JsonKind::kObject:
      tree = json::object();
      reader.object([&](std::string_view key) { tree[std::string(key)] = tree_of(reader); });
      return tree;
    case JsonKind::kArray:
      tree = json::array();
      reader.array([&] { tree.push_back(tree_of(reader)); });
      return tree;
    case JsonKind::kString:
      return std::string(reader.string());
    case JsonKind::kNumber:
      return json::parse(reader.number());
    default: {
      const JsonKind kind = reader.kind();
      reader.skip();
      if (kind == JsonKind::kNull) return nullptr;
      return kind == JsonKind::kTrue;
    }
  }
}

std::string read_tree(const std::string& text) {
  try {
    JsonReader reader(text);
    const json tree = tree_of(reader);
    reader.expect_end();
    return tree.dump();
  } catch (const base::ParseError& error) {
    CHECK_FALSE(error.hints().empty());
    return "not JSON";
  }
}

bool is_passed_over(const std::string& text) {
  try {
    JsonReader reader(text);
    reader.skip();
    reader.expect_end();
    return true;
  } catch (const base::ParseError&) {
    return false;
  }
}

std::string reference(const std::string& text) {
  const json tree = json::parse(text, nullptr, false);
  return tree.is_discarded() ? "not JSON" : tree.dump();
}

const std::string kSample =
    R"({"a":[1,-2.5e+3,0,true,false,null,{}],"b\u00e9\ud83d\ude00":"x\/\n\"\\y","long text ":)"
    "\"0123456789 \xC3\xA9 0123456789\"}";

}  // namespace

TEST_CASE("JSON is read as nlohmann_json reads it", "[text][JsonReader]") {
  const std::vector<std::string> texts = {kSample,
                                          "",
                                          " ",
                                          "null",
                                          "nul",
                                          "[1,]",
                                          "[1 2]",
                                          "{\"a\":1,}",
                                          "{a:1}",
                                          "{\"a\"}",
                                          "01",
                                          "-",
                                          "-0",
                                          "1.",
                                          ".5",
                                          "1e",
                                          "1e+",
                                          "\"\\u00g0\"",
                                          "\"\\x\"",
                                          "\"\t\"",
                                          "\"\n\"",
                                          "\"abc\n\"",
                                          "\"",
                                          "\"\\",
                                          "[",
                                          "[[]",
                                          "1 2",
                                          "\"\xFF\"",
                                          "\"\xC3\"",
                                          "\"\xED\xA0\x80\"",
                                          std::string("\"a\0b\"", 5),
                                          "\"12345678\"",
                                          "\"1234567\\n12345678\\\"\"",
                                          "\xEF\xBB\xBF{}",
                                          "[tru]",
                                          "/**/1",
                                          "'a'",
                                          "NaN"};
  for (const std::string& text : texts) {
    INFO(text);
    // A mark of the order of bytes belongs to no JSON; nlohmann_json passes over it.
    if (text.starts_with('\xEF')) {
      CHECK(read_tree(text) == "not JSON");
      continue;
    }
    CHECK(read_tree(text) == reference(text));
    CHECK(is_passed_over(text) == (reference(text) != "not JSON"));
  }
}

TEST_CASE("half a character is replaced", "[text][JsonReader]") {
  constexpr std::string_view kReplaced = "\xEF\xBF\xBD";
  const auto read = [](std::string_view text) { return std::string(JsonReader(text).string()); };
  CHECK(read(R"("a\ud800")") == "a" + std::string(kReplaced));
  CHECK(read(R"("\udc00b")") == std::string(kReplaced) + "b");
  CHECK(read(R"("\ud800\u0041")") == std::string(kReplaced) + "A");
  CHECK(read(R"("\ud83d\ude00")") == "\xF0\x9F\x98\x80");
}

TEST_CASE("bent JSON is read as nlohmann_json reads it", "[text][JsonReader][foreign]") {
  std::mt19937 random(7);
  int sound = 0;
  for (int i = 0; i < 4000; ++i) {
    std::string text = kSample;
    for (std::size_t change = 0; change <= random() % 2; ++change) {
      const std::size_t place = random() % text.size();
      if (random() % 3 == 0) {
        text.erase(place, 1 + random() % 2);
      } else {
        text[place] = "{}[]\",:\\u0e-. 1\x80\x01"[random() % 17];
      }
    }
    // nlohmann_json refuses half a character.
    if (text.find(R"(\ud83d\ude00)") == std::string::npos) continue;
    const std::string expected = reference(text);
    sound += expected != "not JSON" ? 1 : 0;
    if (read_tree(text) != expected) FAIL_CHECK(text);
  }
  CHECK(sound > 400);
}

TEST_CASE("JSON cut off anywhere is refused", "[text][JsonReader]") {
  for (std::size_t size = 0; size < kSample.size(); ++size) {
    CHECK_FALSE(is_passed_over(kSample.substr(0, size)));
  }
}

TEST_CASE("deep nesting is refused, not followed", "[text][JsonReader]") {
  CHECK(is_passed_over(std::string(100, '[') + std::string(100, ']')));
  CHECK_FALSE(is_passed_over(std::string(1000000, '[')));
}

}  // namespace ensure::text
