#include <string>
#include <vector>

#include "installer/base/error.h"
#include "installer/wheel/zip/zip_directory.h"
#include "tests/support/catch.h"
#include "zip_cases.h"

using ensure::base::Error;
using ensure::testing::ZipFields;
using ensure::testing::ZipImage;
using ensure::wheel::ZipDirectory;
using ensure::wheel_test::add;
using ensure::wheel_test::check_all_refused;
using ensure::wheel_test::lie;
using ensure::wheel_test::lie_in_both;
using ensure::wheel_test::sample_archive;
using ensure::wheel_test::ZipCase;

namespace {

const std::vector<ZipCase>& wrong_entries() {
  using std::string_literals::operator""s;
  static const std::vector<ZipCase> kCases = {
      {"encrypted", lie_in_both([](ZipFields& fields) { fields.flags = 1; })},
      {"strongly encrypted", lie_in_both([](ZipFields& fields) { fields.flags = 1U << 6U; })},
      {"masked headers", lie_in_both([](ZipFields& fields) { fields.flags = 1U << 13U; })},
      {"patch data", lie_in_both([](ZipFields& fields) { fields.flags = 1U << 5U; })},
      {"bzip2", lie_in_both([](ZipFields& fields) { fields.method = 12; })},
      {"lzma", lie_in_both([](ZipFields& fields) { fields.method = 14; })},
      {"zstandard", lie_in_both([](ZipFields& fields) { fields.method = 93; })},
      {"deflate64", lie_in_both([](ZipFields& fields) { fields.method = 9; })},
      {"stored with two sizes", lie_in_both([](ZipFields& fields) { fields.size = 7; })},
      {"impossible ratio", lie_in_both([](ZipFields& fields) {
         fields.method = 8;
         fields.size = 10000;
       })},
      {"symbolic link", add({.path = "link", .content = "/etc/passwd", .mode = 0120777})},
      {"symbolic link as a directory",
       add({.path = "link/", .content = "", .deflated = false, .mode = 0120777})},
      {"device", add({.path = "device", .mode = 0020666})},
      {"pipe", add({.path = "pipe", .mode = 0010666})},
      {"directory by its mode only", add({.path = "directory", .mode = 0040755})},
      {"directory by its MS-DOS flag only",
       lie([](ZipFields&, ZipFields& central) { central.attributes |= 0x10U; })},
      {"directory by its name only", add({.path = "directory/", .deflated = false})},
      {"directory with content",
       add({.path = "directory/", .content = "x", .deflated = false, .mode = 0040755})},
      {"twice", add({.path = "pkg/a.py", .content = "a = 2\n"})},
      {"twice with the same content", add({.path = "pkg/a.py", .content = "a = 1\n"})},
      {"twice but for case", add({.path = "pkg/A.py"})},
      {"file where a directory is needed", add({.path = "pkg"})},
      {"file where a directory is needed but for case", add({.path = "PKG"})},
      {"directory where a file is", add({.path = "pkg/a.py/x"})},
      {"directory and file", add({.path = "pkg/a.py/", .deflated = false, .mode = 0040755})},
      {"directory twice",
       [](ZipImage& image) {
         add({.path = "pkg/", .deflated = false, .mode = 0040755})(image);
         add({.path = "pkg/", .deflated = false, .mode = 0040755})(image);
       }},
      {"climbing out", add({.path = "../evil.py"})},
      {"climbing out later", add({.path = "pkg/../../evil.py"})},
      {"absolute", add({.path = "/tmp/evil.py"})},
      {"on a drive", add({.path = "C:/evil.py"})},
      {"backslash", add({.path = "..\\evil.py"})},
      {"dot", add({.path = "./evil.py"})},
      {"empty part", add({.path = "pkg//evil.py"})},
      {"no name", add({.path = ""})},
      {"root", add({.path = "/", .deflated = false, .mode = 0040755})},
      {"NUL", add({.path = "pkg/a.py\0.txt"s})},
      {"line break", add({.path = "pkg/a\n.py"})},
      {"not UTF-8", add({.path = "caf\xE9.py"})},
      {"UTF-8 unmarked",
       [](ZipImage& image) {
         add({.path = "caf\xC3\xA9.py"})(image);
         image.members.back().lie = [](ZipFields& local, ZipFields& central) {
           local.flags = central.flags = 0;
         };
       }},
      {"name too long", add({.path = std::string(256, 'n')})},
  };
  return kCases;
}

}  // namespace

TEST_CASE("entries that no wheel has are refused", "[wheel][ZipDirectory]") {
  check_all_refused(wrong_entries());
}

TEST_CASE("modes tell executables and directories", "[wheel][ZipDirectory]") {
  ZipImage image = sample_archive();
  image.members[0].mode = 0100755;
  image.members[1].mode = 0755;
  image.members.push_back({.path = "pkg/directory/", .deflated = false, .mode = 0040755});
  const std::string bytes = image.write();
  const ZipDirectory directory = ZipDirectory::parse(bytes, "test.zip");
  CHECK(directory.find("pkg/a.py")->executable);
  CHECK(directory.find("pkg/b.py")->executable);
  CHECK_FALSE(directory.find("pkg/c.py")->executable);
  CHECK_FALSE(directory.find("pkg/directory")->executable);
  CHECK(directory.find("pkg/directory")->is_directory);
  CHECK(directory.find("pkg/none") == nullptr);
  CHECK(directory.unpacked_size() == 2012);
}

TEST_CASE("a refusal does not repeat what would confuse a terminal", "[wheel][ArchiveErrors]") {
  ZipImage image = sample_archive();
  image.members[0].path = std::string("\x1b[2J") + std::string(500, 'x');
  try {
    static_cast<void>(ZipDirectory::parse(image.write(), "test\n.zip"));
    FAIL("was accepted");
  } catch (const Error& error) {
    CHECK(error.message().starts_with("`test\\n.zip` is refused: `\\x1b[2Jxxx"));
    CHECK(error.message().size() < 400);
  }
}
