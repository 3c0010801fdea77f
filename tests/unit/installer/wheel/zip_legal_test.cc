#include <string>
#include <vector>

#include "installer/wheel/zip/zip_directory.h"
#include "tests/support/catch.h"
#include "zip_cases.h"

using ensure::testing::extra_field;
using ensure::testing::little_endian;
using ensure::testing::Zip64EndFields;
using ensure::testing::ZipEndFields;
using ensure::testing::ZipFields;
using ensure::testing::ZipImage;
using ensure::testing::ZipMember;
using ensure::wheel_test::add;
using ensure::wheel_test::check_all_accepted;
using ensure::wheel_test::lie;
using ensure::wheel_test::lie_at_end;
using ensure::wheel_test::lie_in_both;
using ensure::wheel_test::unicode_path;
using ensure::wheel_test::ZipCase;
using Descriptor = ZipMember::Descriptor;

namespace {

const std::vector<ZipCase>& legal() {
  static const std::vector<ZipCase> kCases = {
      {"as it is", [](ZipImage&) {}},
      {"no entry at all", [](ZipImage& image) { image.members.clear(); }},
      {"comment",
       lie_at_end([](ZipEndFields& end) { end.comment = "built with \xE2\x9D\xA4\r\n\tby hand"; })},
      {"longest comment",
       lie_at_end([](ZipEndFields& end) { end.comment = std::string(65535, 'c'); })},
      {"comment of 8224 bytes, whose length is text",
       lie_at_end([](ZipEndFields& end) { end.comment = std::string(8224, 'c'); })},
      {"comment of an entry",
       lie([](ZipFields&, ZipFields& central) { central.comment = "a comment"; })},
      {"directory in another order", [](ZipImage& image) { image.directory_reversed = true; }},
      {"directories listed", add({.path = "pkg/", .deflated = false, .mode = 0040755})},
      {"directory deflated", add({.path = "pkg/", .deflated = true, .mode = 0040755})},
      {"directory marked by MS-DOS",
       [](ZipImage& image) {
         add({.path = "pkg/", .deflated = false, .mode = 0})(image);
         image.members.back().lie = [](ZipFields&, ZipFields& central) {
           central.made_by = 20;
           central.attributes = 0x10;
         };
       }},
      {"made on MS-DOS", lie([](ZipFields&, ZipFields& central) {
         central.made_by = 20;
         central.attributes = 0x20;
       })},
      {"empty files",
       [](ZipImage& image) {
         add({.path = "pkg/empty"})(image);
         add({.path = "pkg/empty_stored", .deflated = false})(image);
       }},
      {"descriptor", [](ZipImage& image) { image.members[0].descriptor = Descriptor::kSigned; }},
      {"descriptor without signature",
       [](ZipImage& image) { image.members[0].descriptor = Descriptor::kBare; }},
      {"long descriptor",
       [](ZipImage& image) { image.members[0].descriptor = Descriptor::kSigned64; }},
      {"long descriptor without signature",
       [](ZipImage& image) { image.members[0].descriptor = Descriptor::kBare64; }},
      {"descriptor of stored data",
       [](ZipImage& image) { image.members[1].descriptor = Descriptor::kSigned; }},
      {"descriptor that repeats what the header says",
       [](ZipImage& image) {
         image.members[1].descriptor = Descriptor::kBare;
         image.members[1].lie = [](ZipFields& local, ZipFields& central) {
           local.crc32 = central.crc32;
           local.size = local.packed_size = 6;
         };
       }},
      {"long sizes", lie([](ZipFields& local, ZipFields&) {
         local.size = local.packed_size = 0xFFFFFFFF;
         local.extra = extra_field(1, little_endian(6, 8) + little_endian(6, 8));
       })},
      {"long sizes everywhere", lie([](ZipFields& local, ZipFields& central) {
         local.size = local.packed_size = central.size = central.packed_size = 0xFFFFFFFF;
         local.extra = central.extra = extra_field(1, little_endian(6, 8) + little_endian(6, 8));
       })},
      {"long offset", lie([](ZipFields&, ZipFields& central) {
         central.extra = extra_field(1, little_endian(central.offset, 8));
         central.offset = 0xFFFFFFFF;
       })},
      {"long sizes without need", lie([](ZipFields& local, ZipFields& central) {
         local.extra = central.extra = extra_field(1, little_endian(6, 8) + little_endian(6, 8));
       })},
      {"long end record", [](ZipImage& image) { image.zip64_end = true; }},
      {"long end record without need",
       [](ZipImage& image) {
         image.zip64_end = true;
         image.lie64 = [&image](Zip64EndFields& end) {
           image.lie = [end](ZipEndFields& fields) {
             fields.entries = fields.entries_here = static_cast<std::uint16_t>(end.entries);
             fields.directory_size = static_cast<std::uint32_t>(end.directory_size);
             fields.directory_offset = static_cast<std::uint32_t>(end.directory_offset);
           };
         };
       }},
      {"times in an extra field, shorter in the directory",
       lie([](ZipFields& local, ZipFields& central) {
         local.extra = extra_field(0x5455, std::string(9, '\3'));
         central.extra = extra_field(0x5455, std::string(5, '\3'));
       })},
      {"the same name in an extra field", lie([](ZipFields& local, ZipFields& central) {
         local.extra = central.extra = unicode_path("pkg/b.py", "pkg/b.py");
       })},
      {"other versions", lie([](ZipFields& local, ZipFields& central) {
         local.needed = 10;
         central.needed = 45;
         central.made_by = 19U << 8U | 63U;
       })},
      {"flags of the deflater's effort", lie_in_both([](ZipFields& fields) { fields.flags = 6; })},
      {"plain name marked as UTF-8",
       lie_in_both([](ZipFields& fields) { fields.flags = 1U << 11U; })},
      {"letters of the world", add({.path = "caf\xC3\xA9/\xE6\x97\xA5.py", .content = "x"})},
      {"spaces and signs", add({.path = "a b/!#$%&'()+,-.;=@[]^_`{}~.txt", .content = "x"})},
      {"name of 255 bytes", add({.path = std::string(255, 'n'), .content = "x"})},
      {"names that begin alike",
       [](ZipImage& image) {
         add({.path = "pkg.py"})(image);
         add({.path = "pkg-1"})(image);
         add({.path = "pkg/a"})(image);
         add({.path = "pkg/a.py.bak"})(image);
       }},
      {"directories that differ in case", add({.path = "PKG/other.py"})},
  };
  return kCases;
}

}  // namespace

TEST_CASE("odd but legal archives are accepted and read", "[wheel][ZipDirectory]") {
  check_all_accepted(legal());
}
