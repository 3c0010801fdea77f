#include <string>
#include <vector>

#include "installer/base/text.h"
#include "installer/wheel/dist_info.h"
#include "tests/support/catch.h"
#include "wheel_cases.h"

using ensure::base::replace_all;
using ensure::testing::WheelBuilder;
using ensure::wheel_test::add_row;
using ensure::wheel_test::check_wheels_refused;
using ensure::wheel_test::edit_record;
using ensure::wheel_test::replace_in_record;
using ensure::wheel_test::row_of_init;
using ensure::wheel_test::WheelCase;

namespace {

const std::vector<WheelCase>& hostile_records() {
  static const std::vector<WheelCase> kCases = {
      {"missing", edit_record([](std::string& record) { record.clear(); })},
      {"empty", edit_record([](std::string& record) { record.assign(1, '\n'); })},
      {"a file unlisted", [](WheelBuilder& wheel) { wheel.unlisted = {"demo/__init__.py"}; }},
      {"METADATA unlisted",
       [](WheelBuilder& wheel) { wheel.unlisted = {"demo-1.0.dist-info/METADATA"}; }},
      {"a file listed twice", add_row(row_of_init().substr(0, row_of_init().size() - 1))},
      {"a file listed twice with two digests",
       add_row("demo/__init__.py,sha256=" + std::string(43, 'A') + ",12")},
      {"a file that is not there", add_row("demo/gone.py,sha256=" + std::string(43, 'A') + ",1")},
      {"a file outside", add_row("../../etc/passwd,sha256=" + std::string(43, 'A') + ",1")},
      {"a file outside without digest", add_row("../../etc/passwd,,")},
      {"an absolute file", add_row("/etc/passwd,,")},
      {"a directory that is not there", add_row("demo/gone/,,")},
      {"another spelling", replace_in_record("demo/__init__.py", "./demo/__init__.py")},
      {"another case", replace_in_record("demo/__init__.py", "Demo/__init__.py")},
      {"backslashes", replace_in_record("demo/data/table.csv", "demo\\data\\table.csv")},
      {"a wrong size", replace_in_record(",12\n", ",13\n")},
      {"a size that is no number", replace_in_record(",12\n", ",twelve\n")},
      {"a negative size", replace_in_record(",12\n", ",-12\n")},
      {"a huge size", replace_in_record(",12\n", ",99999999999999999999999999\n")},
      {"no digest", replace_in_record(row_of_init().substr(row_of_init().find(','), 51), ",")},
      {"no digest and no size", replace_in_record(row_of_init(), "demo/__init__.py,,\n")},
      {"md5", replace_in_record(row_of_init(), "demo/__init__.py,md5=G9pQX6bVtLoHkGVFPbEqDQ,12\n")},
      {"sha1",
       replace_in_record(row_of_init(), "demo/__init__.py,sha1=" + std::string(27, 'A') + ",12\n")},
      {"an unknown digest", replace_in_record(row_of_init(), "demo/__init__.py,crc32=AAAAAA,12\n")},
      {"a wrong digest", replace_in_record(row_of_init(), "demo/__init__.py,sha256=" +
                                                              std::string(43, 'A') + ",12\n")},
      {"a digest of nothing", replace_in_record(row_of_init(), "demo/__init__.py,sha256=,12\n")},
      {"a digest in another algorithm's name", replace_in_record("sha256=", "sha512=")},
      {"a digest of METADATA that is wrong",
       [](WheelBuilder& wheel) {
         const std::string right =
             WheelBuilder::record_row("demo-1.0.dist-info/METADATA", wheel.metadata().content);
         const std::string wrong = WheelBuilder::record_row(
             "demo-1.0.dist-info/METADATA", replace_all(wheel.metadata().content, "A", "B"));
         replace_in_record(right, wrong)(wheel);
       }},
      {"two fields", add_row("demo/x.py,sha256=" + std::string(43, 'A'))},
      {"open quotes", add_row("\"demo/x.py,sha256=x,1")},
      {"not text", add_row(std::string("\xFF\xFE\0\1", 4))},
  };
  return kCases;
}

}  // namespace

TEST_CASE("wheels with a RECORD that lies are refused", "[wheel][WheelArchive]") {
  check_wheels_refused(hostile_records());
}
