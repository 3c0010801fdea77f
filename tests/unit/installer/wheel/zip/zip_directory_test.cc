#include "installer/wheel/zip/zip_directory.h"

#include <string>
#include <vector>

#include "installer/base/error.h"
#include "installer/wheel/zip/entry_reader.h"
#include "tests/support/catch.h"
#include "zip_cases.h"

using ensure::base::Error;
using ensure::testing::extra_field;
using ensure::testing::little_endian;
using ensure::testing::Zip64EndFields;
using ensure::testing::ZipEndFields;
using ensure::testing::ZipFields;
using ensure::testing::ZipImage;
using ensure::testing::ZipMember;
using ensure::wheel::ZipDirectory;
using ensure::wheel_test::check_all_refused;
using ensure::wheel_test::lie;
using ensure::wheel_test::lie_at_end;
using ensure::wheel_test::lie_at_long_end;
using ensure::wheel_test::lie_in_both;
using ensure::wheel_test::sample_archive;
using ensure::wheel_test::ZipCase;

namespace {

const std::string kStray = "stray";

const std::vector<ZipCase>& stray_bytes() {
  static const std::string kInner = ZipImage{.members = {{.path = "e", .content = "e"}}}.write();
  static const std::vector<ZipCase> kCases = {
      {"before the archive", [](ZipImage& image) { image.prefix = "#!/bin/sh\n"; }},
      {"before the archive and counted",
       [](ZipImage& image) {
         image.prefix = "#!/bin/sh\n";
         image.prefix_counted = true;
       }},
      {"another archive before it", [](ZipImage& image) { image.prefix = kInner; }},
      {"behind the archive", [](ZipImage& image) { image.suffix = kStray; }},
      {"zeros behind the archive", [](ZipImage& image) { image.suffix = std::string(2, '\0'); }},
      {"another archive behind it", [](ZipImage& image) { image.suffix = kInner; }},
      {"another archive in the comment",
       lie_at_end([](ZipEndFields& end) { end.comment = kInner; })},
      {"an end record in the comment", lie_at_end([](ZipEndFields& end) {
         end.comment = std::string("PK\x05\x06") + std::string(18, '\0');
       })},
      {"a control character in the comment",
       lie_at_end([](ZipEndFields& end) { end.comment = "bell\7"; })},
      {"a comment that is cut off", lie_at_end([](ZipEndFields& end) {
         end.comment = "comment";
         end.comment_size = 8;
       })},
      {"a comment that is longer than it says", lie_at_end([](ZipEndFields& end) {
         end.comment = "comment";
         end.comment_size = 6;
       })},
      {"between two entries", [](ZipImage& image) { image.members[1].gap_before = kStray; }},
      {"an entry that only streaming readers see",
       [](ZipImage& image) { image.members[1].in_directory = false; }},
      {"a last entry that only streaming readers see",
       [](ZipImage& image) { image.members[2].in_directory = false; }},
      {"before the directory", [](ZipImage& image) { image.before_directory = kStray; }},
      {"behind the directory", [](ZipImage& image) { image.after_directory = kStray; }},
      {"a digital signature",
       [](ZipImage& image) {
         image.after_directory = std::string("PK\x05\x05") + little_endian(0, 2);
       }},
      {"in a comment of an entry",
       lie([](ZipFields&, ZipFields& central) { central.comment = "PK\x05\x06"; })},
  };
  return kCases;
}

const std::vector<ZipCase>& wrong_directories() {
  static const std::vector<ZipCase> kCases = {
      {"offset too small", lie_at_end([](ZipEndFields& end) { end.directory_offset -= 1; })},
      {"offset too large", lie_at_end([](ZipEndFields& end) { end.directory_offset += 1; })},
      {"offset beyond the file",
       lie_at_end([](ZipEndFields& end) { end.directory_offset = 0x7FFFFFFF; })},
      {"size too large", lie_at_end([](ZipEndFields& end) { end.directory_size += 1; })},
      {"size beyond the file",
       lie_at_end([](ZipEndFields& end) { end.directory_size = 0x7FFFFFFF; })},
      {"fewer entries than there are",
       lie_at_end([](ZipEndFields& end) { end.entries = end.entries_here = 2; })},
      {"more entries than there are",
       lie_at_end([](ZipEndFields& end) { end.entries = end.entries_here = 4; })},
      {"65535 entries",
       lie_at_end([](ZipEndFields& end) { end.entries = end.entries_here = 0xFFFF; })},
      {"none of its entries", lie_at_end([](ZipEndFields& end) {
         end.directory_offset += end.directory_size;
         end.directory_size = end.entries = end.entries_here = 0;
       })},
      {"entries on another volume", lie_at_end([](ZipEndFields& end) { end.entries_here = 2; })},
      {"a second volume", lie_at_end([](ZipEndFields& end) { end.volume = 1; })},
      {"a directory on another volume",
       lie_at_end([](ZipEndFields& end) { end.directory_volume = 1; })},
      {"an entry on another volume",
       lie([](ZipFields&, ZipFields& central) { central.volume = 1; })},
      {"an entry twice", lie([](ZipFields&, ZipFields& central) { central.offset = 0; })},
      {"an entry inside another", lie([](ZipFields&, ZipFields& central) { central.offset += 4; })},
      {"an entry beyond the file",
       lie([](ZipFields&, ZipFields& central) { central.offset = 0x7FFFFFFF; })},
      {"an entry inside the directory",
       lie([](ZipFields&, ZipFields& central) { central.offset += 3000; })},
      {"data beyond the file",
       lie_in_both([](ZipFields& fields) { fields.size = fields.packed_size = 0x7FFFFFFF; })},
      {"data over the next entry",
       lie_in_both([](ZipFields& fields) { fields.size = fields.packed_size = 20; })},
      {"long end record with another count",
       lie_at_long_end([](Zip64EndFields& end) { end.entries = end.entries_here = 2; })},
      {"long end record at odds with the short one",
       [](ZipImage& image) {
         image.zip64_end = true;
         image.lie = [](ZipEndFields& end) { end.entries = end.entries_here = 2; };
       }},
      {"long end record with a huge count", lie_at_long_end([](Zip64EndFields& end) {
         end.entries = end.entries_here = ~std::uint64_t{0};
       })},
      {"long end record with a huge size",
       lie_at_long_end([](Zip64EndFields& end) { end.directory_size = ~std::uint64_t{0}; })},
      {"long end record with a huge offset",
       lie_at_long_end([](Zip64EndFields& end) { end.directory_offset = ~std::uint64_t{0}; })},
      {"long end record elsewhere",
       lie_at_long_end([](Zip64EndFields& end) { end.record_offset -= 1; })},
      {"long end record of several volumes",
       lie_at_long_end([](Zip64EndFields& end) { end.volumes = 2; })},
      {"long end record with extensible data", lie_at_long_end([](Zip64EndFields& end) {
         end.extensible = extra_field(0x4242, std::string(8, 'x'));
         end.record_size += end.extensible.size();
       })},
      {"long end record of wrong length",
       lie_at_long_end([](Zip64EndFields& end) { end.record_size = 45; })},
  };
  return kCases;
}

}  // namespace

TEST_CASE("bytes that belong to no entry are refused", "[wheel][ZipDirectory]") {
  check_all_refused(stray_bytes());
}

TEST_CASE("directories that do not fit the archive are refused", "[wheel][ZipDirectory]") {
  check_all_refused(wrong_directories());
}

TEST_CASE("what is no archive is refused", "[wheel][ZipDirectory]") {
  const std::string whole = sample_archive().write();
  for (const std::string& bytes :
       {std::string(), std::string("PK"), std::string(1000, 'x'), std::string(100000, '\0'),
        whole.substr(0, whole.size() - 1), whole.substr(0, whole.size() / 2), whole.substr(1)}) {
    CHECK_THROWS_AS(ZipDirectory::parse(bytes, "test.zip"), Error);
  }
}

TEST_CASE("every cut of an archive is refused", "[wheel][ZipDirectory]") {
  const std::string whole = sample_archive().write();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CHECK_THROWS_AS(ZipDirectory::parse(std::string_view(whole).substr(0, size), "cut"), Error);
  }
}

TEST_CASE("bombs are refused before anything is unpacked", "[wheel][ZipDirectory]") {
  ZipImage image;
  const std::string packed = ensure::testing::deflate(std::string(std::size_t{1} << 20U, '\0'));
  for (int i = 0; i < 80; ++i) {
    ZipMember& member = image.members.emplace_back();
    member.path = std::to_string(i);
    member.packed = packed;
    member.lie = [](ZipFields& local, ZipFields& central) {
      local.size = central.size = 1U << 20U;
    };
  }
  CHECK_THROWS_AS(ZipDirectory::parse(image.write(), "bomb"), Error);
  image.members.resize(10);
  CHECK(ZipDirectory::parse(image.write(), "no bomb").unpacked_size() == std::size_t{10} << 20U);
}

TEST_CASE("an archive is found behind an executable", "[wheel][ZipDirectory]") {
  ZipImage image = sample_archive();
  image.prefix = std::string("\x7F") + "ELF" + std::string(5000, '\0');
  for (const bool counted : {false, true}) {
    for (const bool zip64 : {false, true}) {
      CAPTURE(counted, zip64);
      image.prefix_counted = counted;
      image.zip64_end = zip64;
      const std::string bytes = image.write();
      const auto directory = ZipDirectory::find_appended(bytes, "ensure");
      REQUIRE(directory);
      CHECK(directory->start() == image.prefix.size());
      CHECK(read_entry(*directory->find("pkg/a.py"), directory->errors()) == "a = 1\n");
    }
  }
}

TEST_CASE("a plain executable has no archive", "[wheel][ZipDirectory]") {
  CHECK_FALSE(ZipDirectory::find_appended("", "ensure"));
  CHECK_FALSE(ZipDirectory::find_appended(std::string(100, 't'), "ensure"));
  CHECK_FALSE(ZipDirectory::find_appended(std::string(70000, '\0'), "ensure"));
  // The signature alone, as it is in every program that reads archives.
  CHECK_FALSE(
      ZipDirectory::find_appended(std::string("PK\x05\x06") + std::string(50, '\0'), "ensure"));
}

TEST_CASE("an appended archive is audited as strictly", "[wheel][ZipDirectory]") {
  ZipImage image = sample_archive();
  image.prefix = std::string(5000, '\x7F');
  SECTION("data between the program and the first entry that nobody counts") {
    image.members[0].gap_before = kStray;
  }
  SECTION("offset beyond") {
    image.lie = [](ZipEndFields& end) { end.directory_offset += 6000; };
  }
  SECTION("offset shifted") {
    image.lie = [](ZipEndFields& end) { end.directory_offset += 1; };
  }
  SECTION("gap") { image.members[1].gap_before = kStray; }
  SECTION("twice") { image.members.push_back(image.members[0]); }
  CHECK_THROWS_AS(ZipDirectory::find_appended(image.write(), "ensure"), Error);
}
