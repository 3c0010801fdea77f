#include "installer/install/wheel/wheel_plan.h"
#include "tests/support/catch.h"
#include "wheel_target.h"

namespace ensure::install {

namespace {

StartupHooks hooks_of(const std::map<std::string, std::string>& files) {
  const WheelTarget target;
  return target.install({open_wheel(wheel_of("demo", files))}).at(0);
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a usual wheel has no start-up hooks", "[install][StartupHooks]") {
  CHECK(hooks_of({{"demo/__init__.py", ""},
                  {"demo/json.py", ""},
                  {"demo/x.pth", ""},
                  {"demo/sitecustomize.py", ""},
                  {"json/data.txt", ""},
                  {"email.txt", ""},
                  {"demo-1.0.data/data/share/x.pth", ""},
                  {"demo-1.0.data/scripts/json.py", ""}})
            .empty());
}

TEST_CASE("what runs when Python starts is found", "[install][StartupHooks]") {
  const StartupHooks hooks = hooks_of({{"z.pth", "import os"},
                                       {"demo-1.0.data/platlib/a.pth", "import os"},
                                       {"sitecustomize.py", ""},
                                       {"usercustomize/__init__.py", ""},
                                       {"json/__init__.py", ""},
                                       {"json/decoder.py", ""},
                                       {"tomllib.cpython-312-x86_64-linux-gnu.so", ""},
                                       {"distutils/__init__.py", ""}});
  CHECK(hooks.pth_files == Names{"a.pth", "z.pth"});
  CHECK(hooks.startup_modules == Names{"sitecustomize", "usercustomize"});
  CHECK(hooks.shadowed_modules == Names{"distutils", "json", "tomllib"});
}

TEST_CASE("modules of the standard library are known", "[install][StartupHooks]") {
  for (const char* const name : {"abc", "zoneinfo", "os", "asyncio", "imp", "__future__"}) {
    CAPTURE(name);
    CHECK(hooks_of({{name + std::string(".py"), ""}}).shadowed_modules == Names{name});
  }
  for (const char* const name : {"pip", "jso", "jsonx", "JSON", "# Top-level"}) {
    CAPTURE(name);
    CHECK(hooks_of({{name + std::string(".py"), ""}}).empty());
  }
}

}  // namespace ensure::install
