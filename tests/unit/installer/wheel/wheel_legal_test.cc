#include <cstdint>
#include <string>
#include <vector>

#include "installer/base/digest.h"
#include "installer/base/text.h"
#include "installer/wheel/wheel_archive.h"
#include "tests/support/catch.h"
#include "wheel_cases.h"

using ensure::base::replace_all;
using ensure::testing::WheelBuilder;
using ensure::testing::ZipMember;
using ensure::wheel_test::add_file;
using ensure::wheel_test::add_row;
using ensure::wheel_test::check_wheels_accepted;
using ensure::wheel_test::edit_record;
using ensure::wheel_test::name_dist_info;
using ensure::wheel_test::name_file;
using ensure::wheel_test::remove_file;
using ensure::wheel_test::replace_in_record;
using ensure::wheel_test::row_of_init;
using ensure::wheel_test::set_metadata;
using ensure::wheel_test::set_wheel;
using ensure::wheel_test::WheelCase;

namespace {

const std::vector<WheelCase>& legal() {
  static const std::vector<WheelCase> kCases = {
      {"as it is", [](WheelBuilder&) {}},
      {"file name in upper case", name_file("DEMO-1.0-py3-none-any.whl")},
      {"file name with a build tag", name_file("demo-1.0-1abc-py3-none-any.whl")},
      {"file name with several tags",
       name_file("demo-1.0-py2.py3-none-manylinux1_x86_64.manylinux_2_5_x86_64.whl")},
      {"file name with a longer version", name_file("demo-1.0.0-py3-none-any.whl")},
      {".dist-info in upper case", name_dist_info("Demo-1.0.dist-info")},
      {".dist-info with a shorter version", name_dist_info("demo-1.dist-info")},
      {"METADATA with another spelling",
       set_metadata("Metadata-Version: 2.1\nName: DeMo\nVersion: 1.0.0\n\nText\n")},
      {"METADATA with lines of Windows",
       set_metadata("Metadata-Version: 2.1\r\nName: demo\r\nVersion: 1.0\r\n\r\nText\r\n")},
      {"METADATA with much behind the header",
       set_metadata("Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n\n" +
                    std::string(100000, 'd'))},
      {"WHEEL of a later 1.x", set_wheel("Wheel-Version: 1.9\nRoot-Is-Purelib: false\n"
                                         "Generator: x\nTag: py3-none-any\n")},
      {"entry points", add_file("demo-1.0.dist-info/entry_points.txt",
                                "[console_scripts]\nrun = demo:main [a , b]\n")},
      {"licence directory", add_file("demo-1.0.dist-info/licenses/LICENSE")},
      {"INSTALLER", add_file("demo-1.0.dist-info/INSTALLER", "someone\n")},
      {"signatures",
       [](WheelBuilder& wheel) {
         wheel.add("demo-1.0.dist-info/RECORD.jws", "{}");
         wheel.add("demo-1.0.dist-info/RECORD.p7s", "signed");
         wheel.unlisted = {"demo-1.0.dist-info/RECORD.jws", "demo-1.0.dist-info/RECORD.p7s"};
       }},
      {"signature listed without digest",
       [](WheelBuilder& wheel) {
         wheel.add("demo-1.0.dist-info/RECORD.jws", "{}");
         wheel.unlisted = {"demo-1.0.dist-info/RECORD.jws"};
         add_row("demo-1.0.dist-info/RECORD.jws,,")(wheel);
       }},
      {"RECORD that leaves itself out", replace_in_record("demo-1.0.dist-info/RECORD,,\n", "")},
      {"RECORD with lines of Windows",
       edit_record([](std::string& record) { record = replace_all(record, "\n", "\r\n"); })},
      {"RECORD without a last line end",
       edit_record([](std::string& record) { record.pop_back(); })},
      {"RECORD without sizes", replace_in_record(",12\n", ",\n")},
      {"RECORD with all paths quoted",
       replace_in_record("demo/__init__.py", "\"demo/__init__.py\"")},
      {"RECORD with directories",
       [](WheelBuilder& wheel) {
         wheel.add("demo/", "");
         add_row("demo/,,")(wheel);
       }},
      {"RECORD in another order", edit_record([](std::string& record) {
         const std::size_t first = record.find('\n') + 1;
         record = record.substr(first) + record.substr(0, first);
       })},
      {"RECORD first in the archive",
       [](WheelBuilder& wheel) {
         std::string record;
         for (const ZipMember& member : wheel.zip.members) {
           record += WheelBuilder::record_row(member.path, member.content);
         }
         wheel.zip.members.insert(wheel.zip.members.begin(),
                                  {.path = "demo-1.0.dist-info/RECORD", .content = record});
       }},
      {"sha512",
       [](WheelBuilder& wheel) {
         ensure::base::Hasher hasher(ensure::base::DigestAlgorithm::kSha512);
         hasher.update("answer = 42\n");
         replace_in_record(row_of_init(), "demo/__init__.py,sha512=" +
                                              ensure::base::to_base64url(hasher.finish()) +
                                              ",12\n")(wheel);
       }},
      {"sha384",
       [](WheelBuilder& wheel) {
         ensure::base::Hasher hasher(ensure::base::DigestAlgorithm::kSha384);
         hasher.update("answer = 42\n");
         replace_in_record(row_of_init(), "demo/__init__.py,sha384=" +
                                              ensure::base::to_base64url(hasher.finish()) +
                                              ",12\n")(wheel);
       }},
      {"commas and quotes in names", add_file("demo/a, \"b\".txt")},
      {"spaces in names", add_file("demo/ leading and trailing .txt")},
      {"letters of the world", add_file("demo/\xE6\x97\xA5\xE6\x9C\xAC/caf\xC3\xA9.txt")},
      {"empty file", add_file("demo/py.typed", "")},
      {"empty file stored",
       [](WheelBuilder& wheel) { wheel.add("demo/py.typed", "").deflated = false; }},
      {"long name", add_file("demo/" + std::string(200, 'd') + "/" + std::string(200, 'n'))},
      {"deep directories", add_file("demo/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u/v/w/x/y/z")},
      {"top-level module", add_file("demo_module.py")},
      {".data with all schemes",
       [](WheelBuilder& wheel) {
         wheel.add("demo-1.0.data/", "");
         wheel.add("demo-1.0.data/scripts/", "");
         wheel.add("demo-1.0.data/scripts/run", "#!python\n").mode = 0100755;
         wheel.add("demo-1.0.data/data/share/demo/x", "x");
         wheel.add("demo-1.0.data/headers/demo.h", "x");
         wheel.add("demo-1.0.data/purelib/demo_pure.py", "x");
         wheel.add("demo-1.0.data/platlib/demo_plat.py", "x");
       }},
      {"a package whose directory has .data in its name", add_file("demo/x.data/y.dist-info/z")},
      {"directories listed in the archive",
       [](WheelBuilder& wheel) {
         wheel.add("demo/", "");
         wheel.add("demo/data/", "");
         wheel.add("demo-1.0.dist-info/", "");
       }},
      {"all stored",
       [](WheelBuilder& wheel) {
         for (ZipMember& member : wheel.zip.members) member.deflated = false;
       }},
      {"written to a pipe",
       [](WheelBuilder& wheel) {
         for (ZipMember& member : wheel.zip.members) {
           member.descriptor = ZipMember::Descriptor::kSigned;
         }
       }},
      {"written to a pipe with 64-bit sizes",
       [](WheelBuilder& wheel) {
         for (ZipMember& member : wheel.zip.members) {
           member.descriptor = ZipMember::Descriptor::kSigned64;
         }
         wheel.zip.zip64_end = true;
       }},
      {"executable", [](WheelBuilder& wheel) { wheel.at("demo/__init__.py").mode = 0100755; }},
      {"no modes",
       [](WheelBuilder& wheel) {
         for (ZipMember& member : wheel.zip.members) member.mode = 0;
       }},
      {"modes of a careless umask",
       [](WheelBuilder& wheel) { wheel.at("demo/__init__.py").mode = 0106777; }},
      {"comment",
       [](WheelBuilder& wheel) {
         wheel.zip.lie = [](ensure::testing::ZipEndFields& end) { end.comment = "demo 1.0"; };
       }},
      {"large file",
       [](WheelBuilder& wheel) {
         std::string text;
         for (std::uint64_t i = 0; i < 200000; ++i) text += std::to_string(i * i);
         wheel.add("demo/large", text);
       }},
      {"only metadata",
       [](WheelBuilder& wheel) {
         remove_file("demo/__init__.py")(wheel);
         remove_file("demo/data/table.csv")(wheel);
       }},
  };
  return kCases;
}

}  // namespace

TEST_CASE("odd but legal wheels are read whole", "[wheel][WheelArchive]") {
  check_wheels_accepted(legal());
}
