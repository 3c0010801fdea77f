#include "installer/specs/metadata/layout.h"

#include "tests/support/catch.h"

namespace ensure::specs {

TEST_CASE("the names of an interpreter are known", "[specs][Layout]") {
  for (const char* name : {"python", "python3", "python3.12", "python3.13t", "python3.12d", "pypy",
                           "pypy3.9", "pythonw", "\U0001d70bthon"}) {
    INFO(name);
    CHECK(is_interpreter_name(name, false));
    CHECK(is_interpreter_name(name, true));
  }
  for (const char* name : {"", "pip", "python3-config", "python.exe", "Python", "pythons"}) {
    INFO(name);
    CHECK_FALSE(is_interpreter_name(name, false));
  }
  CHECK(is_interpreter_name("Python3.EXE", true));
  CHECK_FALSE(is_interpreter_name("python.exe.old", true));
}

}  // namespace ensure::specs
