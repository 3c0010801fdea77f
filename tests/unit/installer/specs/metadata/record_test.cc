#include "installer/specs/metadata/record.h"

#include <random>
#include <string>
#include <vector>

#include "installer/base/error.h"
#include "tests/support/catch.h"

namespace ensure::specs {
namespace {

base::ExitCode refusal(std::string_view text) {
  try {
    (void)parse_record(text);
  } catch (const base::ParseError& error) {
    CHECK_FALSE(error.hints().empty());
    return error.exit_code();
  }
  return base::ExitCode::kSuccess;
}

}  // namespace

TEST_CASE("the rows of a RECORD", "[specs][Record]") {
  const std::vector<RecordEntry> entries = parse_record(
      "demo/__init__.py,sha256=AbC_-,12\r\n\n\"demo/a,\"\"b\"\"\n.txt\",sha512=x=y,0\n"
      "demo-1.0.dist-info/RECORD,,\nbare");
  REQUIRE(entries.size() == 4);
  CHECK(entries[0] == RecordEntry{"demo/__init__.py", "sha256", "AbC_-", 12});
  CHECK(entries[1] == RecordEntry{"demo/a,\"b\"\n.txt", "sha512", "x=y", 0});
  CHECK(entries[2] == RecordEntry{"demo-1.0.dist-info/RECORD", "", "", {}});
  CHECK(entries[3] == RecordEntry{"bare", "", "", {}});
  CHECK(parse_record("").empty());
}

TEST_CASE("quotes are read as Python's csv reads them", "[specs][Record]") {
  CHECK(parse_record("\"a\"b,,").front().path == "ab");
  CHECK(parse_record("a\"b,,").front().path == "a\"b");
  CHECK(parse_record("\"a\"\"\",,").front().path == "a\"");
}

TEST_CASE("malformed rows fail the verification", "[specs][Record]") {
  for (const char* text : {",sha256=x,1", "a,sha256,1", "a,=x,1", "a,sha256=,1", "a,,-1", "a,, 1",
                           "a,,99999999999999999999", "a,,1,2", "\"a,,", "\"\",,"}) {
    INFO(text);
    CHECK(refusal(text) == base::ExitCode::kVerification);
  }
  CHECK(refusal(std::string_view("a\0b,,", 5)) == base::ExitCode::kVerification);
}

TEST_CASE("what is written is read back", "[specs][Record]") {
  static const std::string kLetters = "ab/.,\"\n\r \xC3\xA9=";
  std::mt19937 random(4);
  std::vector<RecordEntry> entries;
  for (int i = 0; i < 500; ++i) {
    RecordEntry entry;
    entry.path = "x";
    while (random() % 6 != 0) entry.path += kLetters[random() % kLetters.size()];
    if (random() % 2 == 0) {
      entry.algorithm = "sha256";
      entry.digest = "abc-_";
    }
    if (random() % 2 == 0) entry.size = random();
    entries.push_back(entry);
  }
  CHECK(parse_record(format_record(entries)) == entries);
  CHECK(format_record({{"a", "sha256", "x", 1}, {"b", "", "", {}}}) == "a,sha256=x,1\nb,,\n");
}

}  // namespace ensure::specs
