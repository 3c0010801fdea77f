#include "installer/install/transaction/journal.h"

#include "tests/support/catch.h"

namespace ensure::install {

namespace {

const Journal kJournal{"12/34.5",
                       {{0, 0, 7}, {1, 2, 8}},
                       {{0, "lib"}},
                       {{Change::Kind::kDirectory, {1, "a/new directory"}, {}, {}},
                        {Change::Kind::kPlace, {0, "x\ny"}, {0, "new/x"}, {1, "old/1"}, 77},
                        {Change::Kind::kRemove, {0, "a/\xff"}, {}, {0, "old/2"}},
                        {Change::Kind::kRemoveEmptied, {0, "a"}, {}, {0, "old/3"}}}};

/// A journal with one anchor and the records that are given.
std::optional<Journal> parse(const std::string& records) {
  using namespace std::string_literals;
  return Journal::try_parse("ensure journal 2\0id\0a\0"s + "0\0"s + "0\0"s + "7\0"s + records +
                            "end\0"s);
}

}  // namespace

TEST_CASE("a journal reads back as it was written", "[install][Journal]") {
  CHECK(Journal::try_parse(kJournal.to_bytes()) == kJournal);
  CHECK(Journal::try_parse(Journal{}.to_bytes()) == Journal{});
}

TEST_CASE("a journal that is cut anywhere is none", "[install][Journal]") {
  const std::string bytes = kJournal.to_bytes();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(Journal::try_parse(std::string_view(bytes).substr(0, size)));
  }
}

TEST_CASE("a journal of another version or with odd records is none", "[install][Journal]") {
  using namespace std::string_literals;
  CHECK_FALSE(Journal::try_parse("ensure journal 1\0end\0"s));
  CHECK_FALSE(Journal::try_parse("ensure journal 2\0id\0end\0more\0"s));
  CHECK(parse(""));
  CHECK(parse("r\0"s + "0\0lib/x\0"s + "0\0old/1\0"s));
  CHECK_FALSE(parse("q\0"s + "0\0lib/x\0"s + "0\0old/1\0"s));
  CHECK_FALSE(parse("r\0"s + "1\0lib/x\0"s + "0\0old/1\0"s));
  CHECK_FALSE(parse("r\0"s + "0\0lib/x\0"s + "1\0old/1\0"s));
  CHECK_FALSE(parse("r\0x\0lib/x\0"s + "0\0old/1\0"s));
}

TEST_CASE("a journal names nothing outside of its target and its staging", "[install][Journal]") {
  using namespace std::string_literals;
  for (const char* path :
       {"/etc/passwd", "../x", "a/../../x", "a//b", "./a", ".", "..", "a/", ""}) {
    CAPTURE(path);
    CHECK_FALSE(parse("r\0"s + "0\0"s + path + "\0"s + "0\0old/1\0"s));
    CHECK_FALSE(parse("r\0"s + "0\0x\0"s + "0\0"s + path + "\0"s));
    CHECK_FALSE(parse("p\0"s + "0\0x\0"s + "0\0"s + path + "\0"s + "0\0old/1\0"s + "1\0"s));
  }
  CHECK_FALSE(parse("r\0"s + "0\0x\0"s + "0\0journal\0"s));
  CHECK_FALSE(parse("r\0"s + "0\0x\0"s + "0\0new\0"s));
}

}  // namespace ensure::install
