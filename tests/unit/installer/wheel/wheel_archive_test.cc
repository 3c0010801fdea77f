#include "installer/wheel/wheel_archive.h"

#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/parallel.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "wheel_cases.h"

using ensure::base::Error;
using ensure::testing::WheelBuilder;
using ensure::testing::ZipFields;
using ensure::testing::ZipMember;
using ensure::wheel::WheelArchive;
using ensure::wheel::WheelFile;
using ensure::wheel_test::add_file;
using ensure::wheel_test::check_wheels_refused;
using ensure::wheel_test::open_and_read;
using ensure::wheel_test::read_all;
using ensure::wheel_test::replace_in_record;
using ensure::wheel_test::row_of_init;
using ensure::wheel_test::WheelCase;

namespace {

const std::vector<WheelCase>& hostile_content() {
  static const std::vector<WheelCase> kCases = {
      {"other content with its own CRC",
       [](WheelBuilder& wheel) {
         ZipMember& member = wheel.at("demo/__init__.py");
         member.lie = [](ZipFields& local, ZipFields& central) {
           local.crc32 = central.crc32 = ensure::testing::crc32_of("answer = 43\n");
         };
         member.packed = ensure::testing::deflate("answer = 43\n");
       }},
      {"other content",
       [](WheelBuilder& wheel) {
         wheel.at("demo/__init__.py").packed = ensure::testing::deflate("answer = 43\n");
       }},
      {"more content than said",
       [](WheelBuilder& wheel) {
         wheel.at("demo/__init__.py").packed = ensure::testing::deflate("answer = 42\nevil\n");
       }},
      {"hidden content behind the stream",
       [](WheelBuilder& wheel) {
         wheel.at("demo/__init__.py").packed = ensure::testing::deflate("answer = 42\n") + "evil";
       }},
      {"no stream",
       [](WheelBuilder& wheel) { wheel.at("demo/__init__.py").packed = "no stream at all"; }},
      {"RECORD damaged",
       [](WheelBuilder& wheel) {
         ZipMember& member = wheel.add("demo-1.0.dist-info/RECORD", "demo/__init__.py,,\n");
         member.packed = "no stream at all";
       }},
      {"symbolic link",
       [](WheelBuilder& wheel) { wheel.add("demo/link", "/etc/passwd").mode = 0120777; }},
      {"symbolic link, then a file below it",
       [](WheelBuilder& wheel) {
         wheel.add("demo/link", "/etc").mode = 0120777;
         wheel.add("demo/link/passwd", "root");
       }},
      {"path that climbs out", add_file("../evil.py")},
      {"absolute path", add_file("/tmp/evil.py")},
      {"path on a drive", add_file("C:\\evil.py")},
      {"file twice",
       [](WheelBuilder& wheel) {
         wheel.zip.members.push_back({.path = "demo/__init__.py", .content = "answer = 42\n"});
         wheel.unlisted = {};
       }},
      {"METADATA twice",
       [](WheelBuilder& wheel) { wheel.zip.members.push_back(wheel.metadata()); }},
      {"RECORD twice",
       [](WheelBuilder& wheel) {
         wheel.zip.members.push_back({.path = "demo-1.0.dist-info/RECORD", .content = "a,,\n"});
         wheel.zip.members.push_back({.path = "demo-1.0.dist-info/RECORD", .content = "b,,\n"});
       }},
      {"RECORD a directory",
       [](WheelBuilder& wheel) {
         wheel.edit_record = [](std::string& record) { record.clear(); };
         wheel.add("demo-1.0.dist-info/RECORD/", "");
       }},
      {"bytes before it", [](WheelBuilder& wheel) { wheel.zip.prefix = "#!python\n"; }},
      {"bytes behind it", [](WheelBuilder& wheel) { wheel.zip.suffix = "stray"; }},
  };
  return kCases;
}

}  // namespace

TEST_CASE("wheels with content that nobody listed are refused", "[wheel][WheelArchive]") {
  check_wheels_refused(hostile_content());
}

TEST_CASE("a wheel tells its project and hands out its metadata", "[wheel][WheelArchive]") {
  WheelBuilder builder("Demo", "1.0");
  builder.add("Demo-1.0.dist-info/licenses/MIT", "free");
  const WheelArchive wheel = WheelArchive::own(builder.filename, builder.build());
  CHECK(wheel.name().normalized() == "demo");
  CHECK(wheel.dist_info() == "Demo-1.0.dist-info");
  CHECK(wheel.dist_info_file("METADATA") == builder.metadata().content);
  CHECK(wheel.dist_info_file("licenses/MIT") == "free");
  CHECK(wheel.dist_info_file("RECORD").has_value());
  CHECK_FALSE(wheel.dist_info_file("entry_points.txt"));
  CHECK_FALSE(wheel.dist_info_file("licenses"));
  CHECK_FALSE(wheel.dist_info_file("../demo/__init__.py"));
}

TEST_CASE("a file that is wrong is not visited", "[wheel][WheelArchive]") {
  WheelBuilder builder;
  replace_in_record(row_of_init(),
                    "demo/__init__.py,sha256=" + std::string(43, 'A') + ",12\n")(builder);
  const WheelArchive wheel = WheelArchive::own(builder.filename, builder.build());
  REQUIRE(wheel.part_count() == 1);
  bool visited = false;
  CHECK_THROWS_AS(wheel.read_part(0,
                                  [&visited](const WheelFile& file) {
                                    visited = visited || file.path == "demo/__init__.py";
                                  }),
                  Error);
  CHECK_FALSE(visited);
}

TEST_CASE("a wheel that was moved is still whole", "[wheel][WheelArchive]") {
  const WheelBuilder builder;
  WheelArchive first = WheelArchive::own(builder.filename, builder.build());
  std::vector<WheelArchive> wheels;
  wheels.push_back(std::move(first));
  wheels.push_back(WheelArchive::own(builder.filename, builder.build()));
  CHECK(read_all(wheels[0]) == read_all(wheels[1]));
}

TEST_CASE("a directory is in one part and parts are read at the same time",
          "[wheel][WheelArchive]") {
  WheelBuilder builder;
  for (int directory = 0; directory < 30; ++directory) {
    for (int file = 0; file < 10; ++file) {
      builder.add("demo/" + std::to_string(directory) + "/" + std::to_string(file),
                  std::string(std::size_t{20000}, static_cast<char>('a' + file)));
    }
  }
  const WheelArchive wheel = WheelArchive::own(builder.filename, builder.build());
  CHECK(wheel.part_count() == 8);
  std::map<std::string, std::size_t> part_of;
  std::size_t count = 0;
  std::mutex mutex;
  ensure::base::run_parallel(wheel.part_count(), 4, [&](std::size_t part) {
    wheel.read_part(part, [&](const WheelFile& file) {
      const std::lock_guard lock(mutex);
      ++count;
      const std::string directory(file.path.substr(0, file.path.rfind('/')));
      if (part_of.emplace(directory, part).first->second != part) throw std::logic_error("divided");
    });
  });
  CHECK(count == 305);
  CHECK(part_of.size() == 33);
}

TEST_CASE("a wheel is opened by its path", "[wheel][WheelArchive]") {
  const fs::path directory = fs::temp_directory_path() / "ensure wheel archive test";
  ensure::base::remove_tree(directory);
  ensure::base::make_directories(directory);
  const WheelBuilder builder;
  ensure::base::Directory::open(directory).write_file(builder.filename, builder.build());
  CHECK(read_all(WheelArchive::open(directory / builder.filename)) == open_and_read(builder));
  CHECK_THROWS_AS(WheelArchive::open(directory / "gone-1.0-py3-none-any.whl"),
                  ensure::base::FileError);
  ensure::base::remove_tree(directory);
}

TEST_CASE("real wheels are accepted", "[wheel][WheelArchive]") {
  const fs::path directory = "/usr/share/python-wheels";  // Debian's
  if (!fs::is_directory(directory)) return;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory)) {
    const fs::path file = fs::ours(entry.path());
    if (file.extension() != ".whl") continue;
    CAPTURE(file.text());
    CHECK_FALSE(read_all(WheelArchive::open(file)).empty());
  }
}
