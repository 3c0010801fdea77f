#include <functional>
#include <string>
#include <vector>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "installer/wheel/cached_wheel.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "wheel_target.h"

namespace ensure::install {

namespace {

using testing::WheelBuilder;
using testing::ZipMember;

/// A wheel that many tools stumble over, and a file that it has to leave in the environment.
struct LegalWheel {
  std::string what;
  std::function<void(WheelBuilder&)> change;
  std::string expected = "lib/site-packages/demo/__init__.py";
};

const std::string kSite = "lib/site-packages/";
const std::string kPublished(64, 'a');

std::function<void(WheelBuilder&)> add(const std::string& path, const std::string& content = "x") {
  return [=](WheelBuilder& wheel) { wheel.add(path, content); };
}

std::function<void(WheelBuilder&)> add_entry_points(const std::string& text) {
  return add("demo-1.0.dist-info/entry_points.txt", text);
}

std::function<void(WheelBuilder&)> set_metadata(const std::string& text) {
  return [=](WheelBuilder& wheel) { wheel.metadata().content = text; };
}

std::function<void(WheelBuilder&)> edit_record(const std::function<void(std::string&)>& edit) {
  return [=](WheelBuilder& wheel) { wheel.edit_record = edit; };
}

std::function<void(WheelBuilder&)> each(void (*change)(ZipMember&)) {
  return [=](WheelBuilder& wheel) {
    for (ZipMember& member : wheel.zip.members) change(member);
  };
}

const std::vector<LegalWheel>& legal() {
  static const std::vector<LegalWheel> kWheels = {
      {"as it is", [](WheelBuilder&) {}},
      {"a name in upper case",
       [](WheelBuilder& wheel) { wheel.filename = "DEMO-1.0-py3-none-any.whl"; }},
      {"a build tag",
       [](WheelBuilder& wheel) { wheel.filename = "demo-1.0-12b-py3-none-any.whl"; }},
      {"many tags", [](WheelBuilder& wheel) { wheel.filename = "demo-1.0-py2.py3-none-any.whl"; }},
      {"a version with more zeros",
       [](WheelBuilder& wheel) { wheel.filename = "demo-1.0.0-py3-none-any.whl"; }},
      {"a .dist-info directory in another spelling",
       [](WheelBuilder& wheel) { wheel.rename_dist_info("Demo-1.dist-info"); }},
      {"metadata in another spelling",
       set_metadata("Metadata-Version: 2.1\nName: DeMo\nVersion: 1.0.0\n")},
      {"metadata with lines of Windows",
       set_metadata("Metadata-Version: 2.1\r\nName: demo\r\nVersion: 1.0\r\n\r\nText\r\n")},
      {"metadata of a later 2.x",
       set_metadata("Metadata-Version: 2.99\nName: demo\nVersion: 1.0\nNew-Field: x\n")},
      {"a format of a later 1.x",
       [](WheelBuilder& wheel) {
         wheel.wheel().content = "Wheel-Version: 1.9\nRoot-Is-Purelib: true\nTag: py3-none-any\n";
       }},
      {"a wheel for platlib",
       [](WheelBuilder& wheel) {
         wheel.wheel().content = "Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: py3-none-any\n";
       }},
      {"an entry point with extras and blanks",
       add_entry_points("[console_scripts]\nrun = demo : main [a , b]\n"), "bin/run"},
      {"an entry point with a dotted object",
       add_entry_points("[console_scripts]\nrun=demo.cli:App.main\n"), "bin/run"},
      {"an entry point with a name of dots and dashes",
       add_entry_points("[console_scripts]\nrun-it.now_3 = demo:main\n"), "bin/run-it.now_3"},
      {"an entry point of a graphical program",
       add_entry_points("[gui_scripts]\nrun = demo:main\n"), "bin/run"},
      {"entry points with comments and other groups",
       add_entry_points("# comment\n[pytest11]\nx = any thing\n[console_scripts]\n; note\n"
                        "run = demo:main\n"),
       "bin/run"},
      {"an entry point and the script that was made of it",
       [](WheelBuilder& wheel) {
         add_entry_points("[console_scripts]\nrun = demo:main\n")(wheel);
         wheel.add("demo-1.0.data/scripts/run", "#!python\n");
       },
       "bin/run"},
      {"a script with its own interpreter", add("demo-1.0.data/scripts/run.sh", "#!/bin/sh\n"),
       "bin/run.sh"},
      {"a script for Python", add("demo-1.0.data/scripts/run", "#!python\n"), "bin/run"},
      {"data, headers and both libraries",
       [](WheelBuilder& wheel) {
         wheel.add("demo-1.0.data/data/share/demo/x", "x");
         wheel.add("demo-1.0.data/headers/demo.h", "x");
         wheel.add("demo-1.0.data/purelib/pure.py", "x");
         wheel.add("demo-1.0.data/platlib/plat.py", "x");
       },
       "include/demo/demo.h"},
      {"names of the world", add("demo/\xE6\x97\xA5\xE6\x9C\xAC.py"),
       kSite + "demo/\xE6\x97\xA5\xE6\x9C\xAC.py"},
      {"names with blanks, commas and quotes", add("demo/a, \"b\" .txt"),
       kSite + "demo/a, \"b\" .txt"},
      {"names with dots and dashes at their ends", add("demo/-a..b-.txt"),
       kSite + "demo/-a..b-.txt"},
      {"a long name", add("demo/" + std::string(250, 'n')),
       kSite + "demo/" + std::string(250, 'n')},
      {"deep directories", add("demo/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/x.py"),
       kSite + "demo/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/x.py"},
      {"an empty file", add("demo/py.typed", ""), kSite + "demo/py.typed"},
      {"directories as entries",
       [](WheelBuilder& wheel) {
         wheel.add("demo/", "");
         wheel.add("demo/empty/", "");
       }},
      {"nothing compressed", each([](ZipMember& member) { member.deflated = false; })},
      {"sizes behind the data",
       each([](ZipMember& member) { member.descriptor = ZipMember::Descriptor::kSigned; })},
      {"sizes of 64 bits",
       [](WheelBuilder& wheel) {
         each([](ZipMember& member) { member.descriptor = ZipMember::Descriptor::kSigned64; })(
             wheel);
         wheel.zip.zip64_end = true;
       }},
      {"no modes", each([](ZipMember& member) { member.mode = 0; })},
      {"an executable file",
       [](WheelBuilder& wheel) { wheel.add("demo/tool", "#!/bin/sh\n").mode = 0100755; },
       kSite + "demo/tool"},
      {"a comment in the archive",
       [](WheelBuilder& wheel) {
         wheel.zip.lie = [](testing::ZipEndFields& end) { end.comment = "made by a tool"; };
       }},
      {"RECORD with lines of Windows",
       edit_record([](std::string& record) { record = base::replace_all(record, "\n", "\r\n"); })},
      {"RECORD without sizes", edit_record([](std::string& record) {
         record = base::replace_all(record, ",12\n", ",\n");
       })},
      {"RECORD without itself", edit_record([](std::string& record) {
         record = base::replace_all(record, "demo-1.0.dist-info/RECORD,,\n", "");
       })},
      {"RECORD without a last line end",
       edit_record([](std::string& record) { record.pop_back(); })},
      {"RECORD with quoted paths", edit_record([](std::string& record) {
         record = base::replace_all(record, "demo/__init__.py", "\"demo/__init__.py\"");
       })},
      {"a signature of RECORD",
       [](WheelBuilder& wheel) {
         wheel.add("demo-1.0.dist-info/RECORD.jws", "{}");
         wheel.unlisted = {"demo-1.0.dist-info/RECORD.jws"};
       }},
      {"an INSTALLER and a REQUESTED of its own",
       [](WheelBuilder& wheel) {
         wheel.add("demo-1.0.dist-info/INSTALLER", "someone\n");
         wheel.add("demo-1.0.dist-info/REQUESTED", "");
         wheel.add("demo-1.0.dist-info/direct_url.json", "{}");
       },
       kSite + "demo-1.0.dist-info/INSTALLER"},
      {"licence files and more in .dist-info",
       add("demo-1.0.dist-info/licenses/third party/LICENCE.txt"),
       kSite + "demo-1.0.dist-info/licenses/third party/LICENCE.txt"},
      {"only metadata",
       [](WheelBuilder& wheel) {
         wheel.remove("demo/__init__.py");
         wheel.remove("demo/data/table.csv");
       },
       kSite + "demo-1.0.dist-info/METADATA"},
  };
  return kWheels;
}

Tree installed(const SharedWheel& wheel, const std::string& expected) {
  const WheelTarget target;
  target.install({wheel});
  CHECK(fs::exists(target.path() / expected));
  const std::vector<Distribution> found = find_distributions(target.site());
  REQUIRE(found.size() == 1);
  CHECK(is_as_recorded(found[0]));
  CHECK(base::read_file(found[0].dist_info / "INSTALLER") == "ensure\n");
  CHECK_FALSE(fs::exists(found[0].dist_info / "direct_url.json"));
  CHECK_FALSE(fs::exists(found[0].dist_info / "REQUESTED"));
  // Paths differ between targets, and so do the scripts that name an interpreter.
  Tree tree = target.tree();
  std::erase_if(tree, [](const auto& entry) {
    return entry.first.starts_with("bin/") || entry.first.ends_with("/RECORD");
  });
  return tree;
}

}  // namespace

TEST_CASE("odd but legal wheels are installed, from the cache too", "[install][legal]") {
  CHECK(legal().size() >= 36);
  for (const LegalWheel& test : legal()) {
    CAPTURE(test.what);
    try {
      WheelBuilder builder;
      test.change(builder);
      const Tree direct = installed(open_wheel(builder), test.expected);

      std::string bytes;
      const auto archive = std::make_shared<const wheel::WheelArchive>(
          wheel::WheelArchive::own(builder.filename, builder.build()));
      bytes.resize(wheel::CachedWheelLayout(*archive, kPublished).size());
      const auto storing = std::make_shared<const wheel::ArchivingWheel>(
          archive, kPublished,
          [&bytes](std::uint64_t offset, std::string_view piece) {
            bytes.replace(offset, piece.size(), piece);
          },
          [] {});
      CHECK(installed(storing, test.expected) == direct);

      std::optional<wheel::WheelArchive> opened =
          wheel::open_cached_wheel(builder.filename, kPublished, bytes, nullptr);
      REQUIRE(opened);
      const auto stored = std::make_shared<wheel::WheelArchive>(*std::move(opened));
      CHECK(installed(stored, test.expected) == direct);
    } catch (const base::Error& error) {
      FAIL_CHECK(error.message());
    }
  }
}

}  // namespace ensure::install
