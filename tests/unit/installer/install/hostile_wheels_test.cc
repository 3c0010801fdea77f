#include <functional>
#include <string>
#include <vector>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "installer/cache/cache.h"
#include "installer/cache/upkeep.h"
#include "installer/wheel/cached_wheel.h"
#include "tests/support/catch.h"
#include "wheel_target.h"

namespace ensure::install {

namespace {

using testing::WheelBuilder;
using testing::ZipFields;
using testing::ZipMember;

struct HostileWheel {
  std::string what;
  std::function<void(WheelBuilder&)> change;
};

const std::string kPublished(64, 'a');

std::function<void(WheelBuilder&)> add(const std::string& path, const std::string& content = "x") {
  return [=](WheelBuilder& wheel) { wheel.add(path, content); };
}

std::function<void(WheelBuilder&)> add_commands(const std::string& lines) {
  return add("demo-1.0.dist-info/entry_points.txt", "[console_scripts]\n" + lines + "\n");
}

std::function<void(WheelBuilder&)> edit_record(const std::string& from, const std::string& to) {
  return [=](WheelBuilder& wheel) {
    wheel.edit_record = [=](std::string& record) { record = base::replace_all(record, from, to); };
  };
}

std::function<void(WheelBuilder&)> add_row(const std::string& row) {
  return [=](WheelBuilder& wheel) {
    wheel.edit_record = [=](std::string& record) { record += row + "\n"; };
  };
}

std::function<void(WheelBuilder&)> lie(void (*change)(ZipFields&, ZipFields&)) {
  return [=](WheelBuilder& wheel) { wheel.at("demo/__init__.py").lie = change; };
}

const std::string kInit = "demo/__init__.py,sha256=";

const std::vector<HostileWheel>& hostile() {
  static const std::vector<HostileWheel> kWheels = {
      // Names that leave the target.
      {"an entry that climbs out", add("../evil.py")},
      {"an entry that climbs out from below", add("demo/../../evil.py")},
      {"an absolute entry", add("/etc/evil")},
      {"an entry with a backslash", add("..\\evil.py")},
      {"an entry on a drive", add("C:evil.py")},
      {"an entry with a control character", add("demo/a\nb.py")},
      {"a data file that climbs out", add("demo-1.0.data/data/../../../evil")},
      {"a script that climbs out", add("demo-1.0.data/scripts/../../evil")},
      {"a script that replaces the interpreter", add("demo-1.0.data/scripts/python3")},
      {"data that replace the interpreter", add("demo-1.0.data/data/bin/python3.12")},
      {"a directory in the place of the interpreter", add("demo-1.0.data/data/bin/python/x")},
      {"data that configure the interpreter", add("demo-1.0.data/data/pyvenv.cfg")},
      {"a script that configures the interpreter", add("demo-1.0.data/scripts/pyvenv.cfg")},
      {"a RECORD among the data", add("demo-1.0.data/purelib/demo-1.0.dist-info/RECORD")},
      {"an INSTALLER among the data", add("demo-1.0.data/purelib/demo-1.0.dist-info/INSTALLER")},
      {"a file where changes are staged", add(".ensure/new/x")},
      {"data where changes are staged", add("demo-1.0.data/data/.ensure-0/x")},
      {"a file named like a metadata directory", add("evil-1.0.dist-info")},
      {"a directory of no scheme", add("demo-1.0.data/evil/x")},
      {"the data directory of another project", add("other-1.0.data/scripts/evil")},
      {"a row of RECORD that climbs out", add_row("../../evil.py,sha256=AAAA,1")},
      {"an absolute row of RECORD", add_row("/etc/passwd,sha256=AAAA,1")},
      // Commands that are no plain names, or no commands.
      {"a command that is a path", add_commands("../../evil = demo:main")},
      {"a command that is an absolute path", add_commands("/bin/evil = demo:main")},
      {"a command with a backslash", add_commands("..\\evil = demo:main")},
      {"a command that is the interpreter", add_commands("python3 = demo:main")},
      {"a command named `..`", add_commands(".. = demo:main")},
      {"a command that is code", add_commands("run = demo:main();import os")},
      {"a command whose module is code", add_commands("run = demo\timport os:main")},
      {"a command without an object", add_commands("run = demo")},
      {"two commands of one name", add_commands("run = demo:main\n[gui_scripts]\nrun = demo:gui")},
      // Two readings of one archive.
      {"a file twice",
       [](WheelBuilder& wheel) {
         wheel.zip.members.push_back({.path = "demo/__init__.py", .content = "evil"});
       }},
      {"files that differ in case only", add("demo/__INIT__.py")},
      {"a file that is a directory too", add("demo/__init__.py/evil.py")},
      {"another name in the local header",
       lie([](ZipFields& local, ZipFields&) { local.path = "demo/__evil__.py"; })},
      {"another size in the local header",
       lie([](ZipFields& local, ZipFields&) { local.size = 1; })},
      {"an encrypted entry",
       lie([](ZipFields& local, ZipFields& central) { local.flags = central.flags = 1; })},
      {"an unknown compression",
       lie([](ZipFields& local, ZipFields& central) { local.method = central.method = 93; })},
      {"an entry the directory does not have",
       [](WheelBuilder& wheel) { wheel.add("demo/hidden.py", "x").in_directory = false; }},
      {"overlapping entries",
       [](WheelBuilder& wheel) {
         wheel.at("demo/data/table.csv").lie = [](ZipFields&, ZipFields& central) {
           central.offset = 0;
         };
       }},
      {"bytes before the archive", [](WheelBuilder& wheel) { wheel.zip.prefix = "MZ"; }},
      {"bytes behind the archive", [](WheelBuilder& wheel) { wheel.zip.suffix = "more"; }},
      {"bytes between two entries",
       [](WheelBuilder& wheel) { wheel.at("demo/data/table.csv").gap_before = "evil"; }},
      {"a directory that was cut off",
       [](WheelBuilder& wheel) {
         wheel.zip.lie = [](testing::ZipEndFields& end) { end.entries_here = end.entries = 99; };
       }},
      {"a symbolic link",
       [](WheelBuilder& wheel) { wheel.add("demo/link", "/etc/passwd").mode = 0120777; }},
      {"a device", [](WheelBuilder& wheel) { wheel.add("demo/null").mode = 0020666; }},
      {"a bomb",
       [](WheelBuilder& wheel) { wheel.add("demo/bomb", std::string(100U << 20U, '\0')); }},
      // Content that is not what is said.
      {"other content than RECORD says", edit_record(kInit, kInit + "A")},
      {"other content than the checksum says",
       [](WheelBuilder& wheel) {
         wheel.at("demo/__init__.py").packed = testing::deflate("answer = 43\n");
       }},
      {"stored content with another checksum",
       [](WheelBuilder& wheel) {
         ZipMember& member = wheel.at("demo/__init__.py");
         member.deflated = false;
         member.lie = [](ZipFields& local, ZipFields& central) {
           local.crc32 = central.crc32 = 0x12345678;
         };
       }},
      {"content that cannot be unpacked",
       [](WheelBuilder& wheel) { wheel.at("demo/__init__.py").packed = "no stream at all"; }},
      {"a file that RECORD does not list",
       [](WheelBuilder& wheel) {
         wheel.add("demo/evil.py", "x");
         wheel.unlisted = {"demo/evil.py"};
       }},
      {"a file in RECORD that is not there", add_row("demo/none.py,sha256=AAAA,1")},
      {"a digest in RECORD that proves nothing", edit_record("sha256=", "md5=")},
      {"a file in RECORD without a digest",
       [](WheelBuilder& wheel) {
         wheel.add("demo/evil.py", "x");
         wheel.unlisted = {"demo/evil.py"};
         wheel.edit_record = [](std::string& record) { record += "demo/evil.py,,\n"; };
       }},
      {"another size in RECORD", edit_record(",12\n", ",13\n")},
      {"no RECORD",
       [](WheelBuilder& wheel) {
         wheel.edit_record = [](std::string& record) { record.clear(); };
       }},
      // A wheel of something else.
      {"the metadata of another project",
       [](WheelBuilder& wheel) {
         wheel.metadata().content = "Metadata-Version: 2.1\nName: other\nVersion: 1.0\n";
       }},
      {"the metadata of another version",
       [](WheelBuilder& wheel) {
         wheel.metadata().content = "Metadata-Version: 2.1\nName: demo\nVersion: 2.0\n";
       }},
      {"the directory of another version",
       [](WheelBuilder& wheel) { wheel.rename_dist_info("demo-2.0.dist-info"); }},
      {"two metadata directories", add("other-1.0.dist-info/METADATA")},
      {"no METADATA", [](WheelBuilder& wheel) { wheel.remove("demo-1.0.dist-info/METADATA"); }},
      {"no WHEEL", [](WheelBuilder& wheel) { wheel.remove("demo-1.0.dist-info/WHEEL"); }},
      {"a format of the future",
       [](WheelBuilder& wheel) {
         wheel.wheel().content = "Wheel-Version: 2.0\nRoot-Is-Purelib: true\n";
       }},
      {"two files on one installed path", add("demo-1.0.data/purelib/demo/__init__.py")},
      {"two commands on one path",
       [](WheelBuilder& wheel) {
         wheel.add("demo-1.0.data/scripts/run", "x");
         wheel.add("demo-1.0.data/data/bin/run", "x");
       }},
  };
  return kWheels;
}

/// Checks that installing ends with the exit code 7 and leaves nothing: no target, no staging
/// directory, no wheel in the cache.
void check_refused(const std::function<SharedWheel(const cache::Cache&)>& open) {
  const WheelTarget target;
  const tests::TempDir directory;
  const cache::Cache cache(directory / "cache");
  try {
    target.install({open_wheel(wheel_of("sound", {{"sound.py", "1"}})), open(cache)});
    FAIL_CHECK("was installed");
  } catch (const base::Error& error) {
    CAPTURE(error.message());
    CHECK(error.exit_code() == base::ExitCode::kVerification);
    CHECK_FALSE(error.hints().empty());
  }
  CHECK(base::list_directory(target.directory()).empty());
  CHECK_FALSE(cache.find_wheel(kPublished));
  CHECK(cache::measure(cache.path()) == cache::CacheSize{});
}

/// A wheel that is kept in the cache in the pass in which it is installed.
SharedWheel storing(const WheelBuilder& builder, const cache::Cache& cache) {
  auto archive = std::make_shared<const wheel::WheelArchive>(
      wheel::WheelArchive::own(builder.filename, builder.build()));
  const std::shared_ptr<cache::PendingFile> file = cache.new_wheel(kPublished);
  return std::make_shared<wheel::ArchivingWheel>(
      archive, kPublished,
      [file](std::uint64_t offset, std::string_view bytes) { file->write_at(offset, bytes); },
      [file] { file->keep(); });
}

}  // namespace

TEST_CASE("hostile wheels are refused with exit code 7 and leave nothing", "[install][hostile]") {
  CHECK(hostile().size() >= 50);
  for (const HostileWheel& test : hostile()) {
    CAPTURE(test.what);
    WheelBuilder builder;
    test.change(builder);
    check_refused([&](const cache::Cache&) { return open_wheel(builder); });
  }
}

TEST_CASE("hostile wheels never get into the cache", "[install][hostile]") {
  for (const HostileWheel& test : hostile()) {
    if (test.what == "two commands on one path" || test.what.starts_with("two files")) continue;
    CAPTURE(test.what);
    WheelBuilder builder;
    test.change(builder);
    check_refused([&](const cache::Cache& cache) { return storing(builder, cache); });
  }
}

TEST_CASE("the wheel that the hostile ones are made of is sound", "[install][hostile]") {
  const WheelTarget target;
  CHECK_NOTHROW(target.install({open_wheel(WheelBuilder())}));
  CHECK(target.content("demo/__init__.py") == "answer = 42\n");
}

}  // namespace ensure::install
