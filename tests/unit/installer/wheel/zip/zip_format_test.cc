#include "installer/wheel/zip/zip_format.h"

#include <functional>
#include <string>
#include <vector>

#include "tests/support/catch.h"
#include "zip_cases.h"

using ensure::testing::extra_field;
using ensure::testing::little_endian;
using ensure::testing::ZipFields;
using ensure::testing::ZipImage;
using ensure::testing::ZipMember;
using ensure::wheel_test::check_all_refused;
using ensure::wheel_test::lie;
using ensure::wheel_test::unicode_path;
using ensure::wheel_test::ZipCase;
using Descriptor = ZipMember::Descriptor;

namespace {

std::function<void(ZipImage&)> describe(Descriptor descriptor, const std::string& instead) {
  return [descriptor, instead](ZipImage& image) {
    ZipMember& member = image.members[0];
    member.descriptor = Descriptor::kNone;
    member.gap_after = instead;
    member.lie = [descriptor](ZipFields& local, ZipFields& central) {
      local.flags = central.flags = 8;
      if (descriptor == Descriptor::kSigned64) local.extra = extra_field(1, std::string(16, '\0'));
      local.crc32 = local.size = local.packed_size = 0;
    };
  };
}

const std::vector<ZipCase>& headers_at_odds() {
  static const std::vector<ZipCase> kCases = {
      {"another name", lie([](ZipFields& local, ZipFields&) { local.path = "pkg/x.py"; })},
      {"another case of the name",
       lie([](ZipFields& local, ZipFields&) { local.path = "pkg/B.py"; })},
      {"another length of the name",
       lie([](ZipFields& local, ZipFields&) { local.path = "pkg/b.pyc"; })},
      {"another CRC", lie([](ZipFields& local, ZipFields&) { local.crc32 ^= 1U; })},
      {"a CRC left open without a descriptor",
       lie([](ZipFields& local, ZipFields&) { local.crc32 = 0; })},
      {"another size", lie([](ZipFields& local, ZipFields&) { local.size = 5; })},
      {"another packed size", lie([](ZipFields& local, ZipFields&) { local.packed_size = 5; })},
      {"another method", lie([](ZipFields& local, ZipFields&) { local.method = 8; })},
      {"other flags", lie([](ZipFields& local, ZipFields&) { local.flags = 2; })},
      {"UTF-8 in one of them", lie([](ZipFields& local, ZipFields&) { local.flags = 1U << 11U; })},
      {"a descriptor in the local header only",
       lie([](ZipFields& local, ZipFields&) { local.flags = 8; })},
      {"a descriptor in the central header only",
       lie([](ZipFields&, ZipFields& central) { central.flags = 8; })},
      {"another size in 64 bits", lie([](ZipFields& local, ZipFields&) {
         local.size = local.packed_size = 0xFFFFFFFF;
         local.extra = extra_field(1, little_endian(6, 8) + little_endian(7, 8));
       })},
      {"two sizes in one header", lie([](ZipFields& local, ZipFields&) {
         local.extra = extra_field(1, little_endian(7, 8) + little_endian(7, 8));
       })},
      {"two sizes in the central header", lie([](ZipFields&, ZipFields& central) {
         central.extra = extra_field(1, little_endian(7, 8) + little_endian(7, 8));
       })},
      {"64-bit sizes announced and missing",
       lie([](ZipFields& local, ZipFields&) { local.size = 0xFFFFFFFF; })},
      {"64-bit sizes too short", lie([](ZipFields& local, ZipFields&) {
         local.size = local.packed_size = 0xFFFFFFFF;
         local.extra = extra_field(1, little_endian(6, 8));
       })},
      {"64-bit sizes too long", lie([](ZipFields&, ZipFields& central) {
         central.size = 0xFFFFFFFF;
         central.extra = extra_field(1, little_endian(6, 8) + little_endian(6, 8));
       })},
      {"64-bit sizes twice", lie([](ZipFields&, ZipFields& central) {
         central.size = central.packed_size = 0xFFFFFFFF;
         const std::string sizes = extra_field(1, little_endian(6, 8) + little_endian(6, 8));
         central.extra = sizes + sizes;
       })},
      {"a cut-off extra field",
       lie([](ZipFields&, ZipFields& central) { central.extra = std::string(3, '\0'); })},
      {"an extra field that is too long", lie([](ZipFields& local, ZipFields&) {
         local.extra = little_endian(0x5455, 2) + little_endian(100, 2) + "x";
       })},
      {"a second name in an extra field", lie([](ZipFields& local, ZipFields& central) {
         local.extra = central.extra = unicode_path("pkg/b.py", "pkg/evil.py");
       })},
      {"two second names", lie([](ZipFields& local, ZipFields& central) {
         local.extra = central.extra =
             unicode_path("pkg/b.py", "pkg/b.py") + unicode_path("pkg/b.py", "pkg/evil.py");
       })},
  };
  return kCases;
}

const std::vector<ZipCase>& wrong_descriptors() {
  using ensure::testing::crc32_of;
  static const std::string kSignature = "PK\x07\x08";
  static const std::string kCrc = little_endian(crc32_of("a = 1\n"), 4);
  static const std::size_t kPacked = ensure::testing::deflate("a = 1\n").size();
  static const std::string kSizes = little_endian(kPacked, 4) + little_endian(6, 4);
  static const std::string kLongSizes = little_endian(kPacked, 8) + little_endian(6, 8);
  static const std::vector<ZipCase> kCases = {
      {"missing", describe(Descriptor::kSigned, "")},
      {"cut off", describe(Descriptor::kSigned, kSignature + kCrc)},
      {"wrong CRC", describe(Descriptor::kSigned, kSignature + "1234" + kSizes)},
      {"CRC of zero", describe(Descriptor::kSigned, kSignature + little_endian(0, 4) + kSizes)},
      {"wrong size",
       describe(Descriptor::kSigned, kSignature + kCrc + little_endian(kPacked, 4) + "\7\0\0\0")},
      {"wrong packed size", describe(Descriptor::kSigned, kSignature + kCrc + little_endian(6, 4) +
                                                              little_endian(6, 4))},
      {"wrong signature", describe(Descriptor::kSigned, "PK\x07\x09" + kCrc + kSizes)},
      {"long sizes not announced", describe(Descriptor::kSigned, kSignature + kCrc + kLongSizes)},
      {"long sizes announced, short ones there",
       describe(Descriptor::kSigned64, kSignature + kCrc + kSizes)},
      {"bytes behind it", describe(Descriptor::kSigned, kSignature + kCrc + kSizes + "x")},
      {"another entry behind it",
       describe(Descriptor::kSigned,
                kSignature + kCrc + kSizes +
                    ZipImage{.members = {{.path = "evil", .content = "e"}}}.write())},
      {"of stored data without a signature",
       [](ZipImage& image) { image.members[1].descriptor = Descriptor::kBare; }},
      {"of stored data with a signature inside",
       [](ZipImage& image) {
         image.members[1].descriptor = Descriptor::kSigned;
         image.members[1].content = std::string("x") + kSignature + "y";
       }},
  };
  return kCases;
}

}  // namespace

TEST_CASE("headers that disagree are refused", "[wheel][ZipDirectory]") {
  check_all_refused(headers_at_odds());
}

TEST_CASE("descriptors that do not describe are refused", "[wheel][ZipDirectory]") {
  check_all_refused(wrong_descriptors());
}
