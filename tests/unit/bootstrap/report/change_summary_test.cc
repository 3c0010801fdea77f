#include <string>
#include <vector>

#include "bootstrap/report/report.h"
#include "tests/support/catch.h"

namespace ensure::bootstrap {
namespace {

PackageReport package(const std::string& name, const std::string& version) {
  PackageReport report;
  report.name = name;
  report.version = version;
  return report;
}

TEST_CASE("Each project that changed has a line, by name", "[bootstrap][change_summary]") {
  TargetReport target;
  target.installed = {package("new", "1.0"), package("again", "1.0"), package("better", "2.0")};
  target.removed = {package("better", "1.0"), package("old\x1b", "0.5"), package("again", "1.0")};
  CHECK(change_summary(target, false) ==
        " ~ again 1.0 (anew)\n"
        " ~ better 1.0 -> 2.0\n"
        " + new 1.0\n"
        " - old\\x1b 0.5\n");
  target.removed.clear();
  target.installed = {package("new", "1.0")};
  target.installed.front().startup_hooks = {"new.pth"};
  CHECK(change_summary(target, true) ==
        " \x1b[32m+\x1b[0m new 1.0 (every start of Python runs `new.pth`)\n");
  CHECK(change_summary({}, true).empty());
}

TEST_CASE("Modules with names of the standard library are warned of once",
          "[bootstrap][change_summary]") {
  TargetReport target;
  target.installed = {package("a", "1.0"), package("b", "1.0")};
  target.installed.front().shadowed_modules = {"enum", "typing"};
  Result result;
  result.targets = {target, target};
  CHECK(warnings_of(result) ==
        std::vector<std::string>{
            "`a` 1.0 has modules with names of the standard library: `enum`, `typing`"});
}

}  // namespace
}  // namespace ensure::bootstrap
