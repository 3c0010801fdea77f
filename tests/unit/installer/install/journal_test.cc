#include "installer/install/journal.h"

#include "tests/support/catch.h"

namespace ensure::install {

namespace {

const Journal kJournal{{"/other/.ensure-0"},
                       {{Change::Kind::kFolder, "/a/new folder", {}, {}},
                        {Change::Kind::kPlace, "/a/x\ny", "/s/new/x", "/s/old/1"},
                        {Change::Kind::kRemove, "/a/\xff", {}, "/s/old/2"},
                        {Change::Kind::kRemoveEmptied, "/a", {}, "/s/old/3"}}};

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
  using namespace std::string_view_literals;
  CHECK_FALSE(Journal::try_parse("ensure journal 2\0end\0"sv));
  CHECK_FALSE(Journal::try_parse("ensure journal 1\0end\0more\0"sv));
  CHECK_FALSE(Journal::try_parse("ensure journal 1\0q\0/a\0end\0"sv));
  CHECK_FALSE(Journal::try_parse("ensure journal 1\0f\0relative\0end\0"sv));
  CHECK_FALSE(Journal::try_parse("ensure journal 1\0r\0/a\0end\0"sv));
  CHECK_FALSE(Journal::try_parse("ensure journal 1\0e\0/a\0end\0"sv));
  CHECK(Journal::try_parse("ensure journal 1\0f\0/a\0end\0"sv));
}

}  // namespace ensure::install
