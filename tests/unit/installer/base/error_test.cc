#include "installer/base/error.h"

#include <cerrno>

#include "tests/support/catch.h"

namespace {

using namespace ensure::base;

TEST_CASE("a file error names the action, the path and the reason", "[base][error]") {
  const FileError error("create the directory", "/x/env", EACCES);
  CHECK(error.message() == "cannot create the directory `/x/env`: Permission denied");
  CHECK(error.exit_code() == ExitCode::kFileSystem);
  CHECK(error.hints().size() == 1);
}

TEST_CASE("contexts and hints keep their order", "[base][error]") {
  Error error(ExitCode::kUsage, "message");
  error.add_context("inner").add_context("outer").add_hint("do this");
  CHECK(error.contexts() == std::vector<std::string>{"inner", "outer"});
  CHECK(error.hints() == std::vector<std::string>{"do this"});
}

TEST_CASE("a command ends the last hint", "[base][error]") {
  const Error error =
      Error(ExitCode::kUsage, "message").with_hint("look, then run: ").with_command("rm -- x");
  CHECK(error.hints() == std::vector<std::string>{"look, then run: rm -- x"});
  CHECK(error.command() == "rm -- x");
}

}  // namespace
