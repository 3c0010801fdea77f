#include <unistd.h>

#include "installer/base/error.h"
#include "installer/base/subprocess.h"
#include "installer/install/wheel/installation.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"
#include "tree.h"

namespace ensure::install {

namespace {

using tests::TempDir;

constexpr const char* kPython = "/usr/bin/python3";

BytecodeRequest request(const TempDir& directory) {
  return {.interpreter = {kPython},
          .environment = base::environment_without({"PYTHON"}),
          .directories = {directory / "new/lib"},
          .staged = directory / "new",
          .final_path = "/final/env"};
}

std::vector<std::string> compiled_in(const fs::path& directory) {
  return fs::exists(directory / "__pycache__") ? base::list_directory(directory / "__pycache__")
                                               : std::vector<std::string>();
}

}  // namespace

TEST_CASE("modules are compiled for their final place", "[install][compile_bytecode]") {
  if (access(kPython, X_OK) != 0) return;
  const TempDir directory;
  put(directory / "new/lib/demo/__init__.py", "x = 1\n");
  CHECK(compile_bytecode(request(directory)));
  const std::vector<std::string> names = compiled_in(directory / "new/lib/demo");
  REQUIRE(names.size() == 1);
  const std::string code = base::read_file(directory / "new/lib/demo/__pycache__" / names.front());
  CHECK(code.find("/final/env/lib/demo/__init__.py") != std::string::npos);
  CHECK(code.find(directory.path().text()) == std::string::npos);
}

TEST_CASE("modules that are no Python are passed over", "[install][compile_bytecode]") {
  if (access(kPython, X_OK) != 0) return;
  const TempDir directory;
  put(directory / "new/lib/demo/__init__.py", "x = 1\n");
  put(directory / "new/lib/demo/template.py", "{{ name }} = = 1\n");
  CHECK_FALSE(compile_bytecode(request(directory)));
  CHECK(compiled_in(directory / "new/lib/demo").size() == 1);
}

TEST_CASE("an interpreter that cannot compile is an error", "[install][compile_bytecode]") {
  const TempDir directory;
  put(directory / "new/lib/demo/__init__.py", "x = 1\n");
  for (const char* const program : {"/bin/false", "/nonexistent/python"}) {
    CAPTURE(program);
    BytecodeRequest bad = request(directory);
    bad.interpreter = {program};
    try {
      compile_bytecode(bad);
      FAIL_CHECK("was accepted");
    } catch (const base::Error& error) {
      CHECK(error.exit_code() != base::ExitCode::kFailure);
    }
  }
}

}  // namespace ensure::install
