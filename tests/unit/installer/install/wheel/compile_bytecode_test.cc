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

BytecodeRequest request(const TempDir& folder) {
  return {.interpreter = {kPython},
          .environment = base::environment_without({"PYTHON"}),
          .directories = {folder / "new/lib"},
          .staged = folder / "new",
          .final_path = "/final/env"};
}

std::vector<std::string> compiled_in(const fs::path& folder) {
  return fs::exists(folder / "__pycache__") ? base::list_directory(folder / "__pycache__")
                                            : std::vector<std::string>();
}

}  // namespace

TEST_CASE("modules are compiled for their final place", "[install][compile_bytecode]") {
  if (access(kPython, X_OK) != 0) return;
  const TempDir folder;
  put(folder / "new/lib/demo/__init__.py", "x = 1\n");
  CHECK(compile_bytecode(request(folder)));
  const std::vector<std::string> names = compiled_in(folder / "new/lib/demo");
  REQUIRE(names.size() == 1);
  const std::string code = base::read_file(folder / "new/lib/demo/__pycache__" / names.front());
  CHECK(code.find("/final/env/lib/demo/__init__.py") != std::string::npos);
  CHECK(code.find(folder.path().text()) == std::string::npos);
}

TEST_CASE("modules that are no Python are passed over", "[install][compile_bytecode]") {
  if (access(kPython, X_OK) != 0) return;
  const TempDir folder;
  put(folder / "new/lib/demo/__init__.py", "x = 1\n");
  put(folder / "new/lib/demo/template.py", "{{ name }} = = 1\n");
  CHECK_FALSE(compile_bytecode(request(folder)));
  CHECK(compiled_in(folder / "new/lib/demo").size() == 1);
}

TEST_CASE("an interpreter that cannot compile is an error", "[install][compile_bytecode]") {
  const TempDir folder;
  put(folder / "new/lib/demo/__init__.py", "x = 1\n");
  for (const char* const program : {"/bin/false", "/nonexistent/python"}) {
    CAPTURE(program);
    BytecodeRequest bad = request(folder);
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
