#include "installer/wheel/dist_info.h"

#include <string>
#include <vector>

#include "tests/support/catch.h"
#include "wheel_cases.h"

using ensure::testing::WheelBuilder;
using ensure::wheel_test::add_file;
using ensure::wheel_test::check_wheels_refused;
using ensure::wheel_test::name_dist_info;
using ensure::wheel_test::name_file;
using ensure::wheel_test::open_and_read;
using ensure::wheel_test::remove_file;
using ensure::wheel_test::set_metadata;
using ensure::wheel_test::set_wheel;
using ensure::wheel_test::WheelCase;

namespace {

const std::vector<WheelCase>& hostile_projects() {
  static const std::vector<WheelCase> kCases = {
      {"file name of another project", name_file("other-1.0-py3-none-any.whl")},
      {"file name of another version", name_file("demo-1.1-py3-none-any.whl")},
      {"file name of a post release", name_file("demo-1.0.post1-py3-none-any.whl")},
      {"file name without tags", name_file("demo-1.0.whl")},
      {"file name without its ending", name_file("demo-1.0-py3-none-any.zip")},
      {"file name without a version", name_file("demo.whl")},
      {".dist-info of another project", name_dist_info("other-1.0.dist-info")},
      {".dist-info of another version", name_dist_info("demo-2.0.dist-info")},
      {".dist-info without a version", name_dist_info("demo.dist-info")},
      {".dist-info without anything", name_dist_info(".dist-info")},
      {".dist-info below another directory", name_dist_info("sub/demo-1.0.dist-info")},
      {"METADATA of another project", set_metadata("Metadata-Version: 2.1\nName: x\nVersion: 1\n")},
      {"METADATA of another version",
       set_metadata("Metadata-Version: 2.1\nName: demo\nVersion: 1.0.1\n")},
      {"METADATA without a name", set_metadata("Metadata-Version: 2.1\nVersion: 1.0\n")},
      {"METADATA without a version", set_metadata("Metadata-Version: 2.1\nName: demo\n")},
      {"METADATA with an impossible version",
       set_metadata("Metadata-Version: 2.1\nName: demo\nVersion: one\n")},
      {"METADATA empty", set_metadata("")},
      {"METADATA missing", remove_file("demo-1.0.dist-info/METADATA")},
      {"WHEEL missing", remove_file("demo-1.0.dist-info/WHEEL")},
      {"WHEEL empty", set_wheel("")},
      {"WHEEL of format 2.0", set_wheel("Wheel-Version: 2.0\nRoot-Is-Purelib: true\n")},
      {"WHEEL without a format", set_wheel("Root-Is-Purelib: true\nTag: py3-none-any\n")},
      {"WHEEL with an impossible format", set_wheel("Wheel-Version: one\n")},
      {"second .dist-info", add_file("other-1.0.dist-info/METADATA")},
      {"second .dist-info of the same project", add_file("Demo-1.0.dist-info/METADATA")},
      {"no .dist-info at all",
       [](WheelBuilder& wheel) {
         wheel.edit_record = [](std::string& record) { record.clear(); };
         remove_file("demo-1.0.dist-info/METADATA")(wheel);
         remove_file("demo-1.0.dist-info/WHEEL")(wheel);
       }},
      {".data of another project", add_file("other-1.0.data/scripts/run")},
      {".data of another version", add_file("demo-1.1.data/scripts/run")},
      {".data outside every scheme", add_file("demo-1.0.data/etc/passwd")},
      {".data with a file in place of a scheme", add_file("demo-1.0.data/scripts")},
      {".data climbing out", add_file("demo-1.0.data/scripts/../../../run")},
  };
  return kCases;
}

}  // namespace

TEST_CASE("wheels that contradict their name are refused", "[wheel][WheelArchive]") {
  check_wheels_refused(hostile_projects());
}

TEST_CASE("names and versions may be spelled in several ways", "[wheel][WheelArchive]") {
  struct Spelling {
    const char* name;
    const char* version;
    const char* filename;
    const char* dist_info;
  };
  for (const Spelling& spelling : std::vector<Spelling>{
           {"Flask-Login", "1.0", "Flask_Login-1.0-py3-none-any.whl", "Flask_Login-1.0.dist-info"},
           {"flask.login", "1.0", "flask_login-1.0-py3-none-any.whl", "flask.login-1.0.dist-info"},
           {"flask-login", "1.0", "flask_login-1.0-py3-none-any.whl", "flask-login-1.0.dist-info"},
           {"demo", "1!2.0", "demo-1!2.0-py3-none-any.whl", "demo-1!2.0.dist-info"},
           {"demo", "1.0+local.1", "demo-1.0+local.1-py3-none-any.whl",
            "demo-1.0+local.1.dist-info"},
           {"demo", "1.0a1", "demo-1.0a1-py3-none-any.whl", "demo-1.0a1.dist-info"},
           {"demo", "1.0.dev3", "demo-1.0.dev3-py3-none-any.whl", "demo-1.0.dev3.dist-info"},
       }) {
    CAPTURE(spelling.name, spelling.version, spelling.filename);
    WheelBuilder builder(spelling.name, spelling.version);
    builder.filename = spelling.filename;
    builder.rename_dist_info(spelling.dist_info);
    CHECK(open_and_read(builder).size() == 5);
  }
}
