#include "installer/cache/entry.h"

#include "tests/support/catch.h"

namespace ensure::cache {

TEST_CASE("an entry is read as it was written", "[cache][entry]") {
  const std::string content("\0\n binary \xFF", 12);
  const std::string bytes = format_entry({"one", "", std::string_view("t\0o", 3)}, content);
  const std::optional<EntryView> entry = try_view_entry(bytes, 3);
  REQUIRE(entry);
  CHECK(entry->fields == std::vector<std::string_view>{"one", "", std::string_view("t\0o", 3)});
  CHECK(entry->content == content);
}

TEST_CASE("an entry with any byte changed, missing or added is none", "[cache][entry]") {
  const std::string bytes = format_entry({"field"}, "content");
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    CAPTURE(i);
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    CHECK_FALSE(try_view_entry(changed, 1));
    CHECK_FALSE(try_view_entry(bytes.substr(0, i), 1));
  }
  CHECK_FALSE(try_view_entry(bytes + '\0', 1));
}

TEST_CASE("an entry with another number of fields is none", "[cache][entry]") {
  const std::string bytes = format_entry({"one", "two"}, "content");
  CHECK_FALSE(try_view_entry(bytes, 1));
  CHECK_FALSE(try_view_entry(bytes, 3));
}

TEST_CASE("numbers are little-endian", "[cache][entry]") {
  CHECK(format_number(0x0102) == std::string("\x02\x01\0\0\0\0\0\0", 8));
  CHECK(parse_number(format_number(0xFEDCBA9876543210)) == 0xFEDCBA9876543210);
}

}  // namespace ensure::cache
