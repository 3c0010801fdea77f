#include "bootstrap/build/project_build.h"
#include "tests/support/catch.h"

namespace ensure::build {

namespace {

base::Error failure_with(const std::string& errors, const std::string& output = "") {
  base::ProcessResult result;
  result.exit_code = 1;
  result.output = output;
  result.error_output = errors;
  return build_failure("demo-1.0.tar.gz", result);
}

TEST_CASE("what a backend says is quoted without pip's frame", "[frontend][failure]") {
  const base::Error error = failure_with(
      "  error: subprocess-exited-with-error\n\n  x Building wheel for demo did not run "
      "successfully.\n  | exit code: 1\n  +-> [3 lines of output]\n      running build\n\n"
      "        fatal: no header\n      [end of output]\n\n  note: This error originates from a "
      "subprocess\nERROR: Failed to build demo\n");
  CHECK(error.exit_code() == base::ExitCode::kFailure);
  CHECK(error.message() == "building `demo-1.0.tar.gz` failed");
  CHECK(error.contexts() == std::vector<std::string>{"running build", "  fatal: no header"});
  CHECK_FALSE(error.hints().empty());
}

TEST_CASE("of other output the last lines count", "[frontend][failure]") {
  std::string lines;
  for (int i = 1; i <= 30; ++i) lines += "line " + std::to_string(i) + "\n";
  const std::vector<std::string> contexts = failure_with(lines).contexts();
  REQUIRE(contexts.size() == 20);
  CHECK(contexts.front() == "line 11");
  CHECK(contexts.back() == "line 30");
  CHECK(failure_with("\n", "said\n").contexts().front() == "said");
  CHECK(failure_with("").contexts().empty());
}

TEST_CASE("a signal is named", "[frontend][failure]") {
  base::ProcessResult result;
  result.signal = 9;
  CHECK(build_failure("demo", result).message() == "building `demo` failed: signal 9 ended it");
}

}  // namespace

}  // namespace ensure::build
