#include "installer/base/subprocess.h"

#include <fcntl.h>

#include <chrono>
#include <csignal>

#include "installer/base/error.h"
#include "installer/base/file.h"
#include "tests/support/catch.h"

namespace {

using namespace ensure::base;
using namespace std::chrono_literals;

ProcessResult shell(const std::string& script, std::chrono::milliseconds timeout = 10s) {
  Process process({"/bin/sh", "-c", script}, {"PATH=/usr/bin:/bin", "GIVEN=yes"});
  return process.wait(timeout);
}

TEST_CASE("a child's output, errors and exit code come back", "[base][subprocess]") {
  const ProcessResult result = shell("echo out; echo err >&2; exit 3");
  CHECK(result.output == "out\n");
  CHECK(result.error_output == "err\n");
  CHECK(result.exit_code == 3);
  CHECK_FALSE(result.succeeded());
}

TEST_CASE("a child gets the given environment and an input at its end", "[base][subprocess]") {
  CHECK(shell("echo \"$GIVEN-$HOME\"; cat").output == "yes-\n");
}

TEST_CASE("a child inherits no descriptor but 0 to 2", "[base][subprocess]") {
  // Deliberately without O_CLOEXEC: what others have opened carelessly must not leak, either.
  const Descriptor careless(open("/dev/null", O_RDONLY));
  REQUIRE(careless.get() > 2);
  CHECK(shell("for d in /proc/self/fd/*; do echo ${d##*/}; done | sort -n | tail -n 1; "
              "test -e /proc/self/fd/" +
              std::to_string(careless.get()) + " && echo leaked")
            .output.find("leaked") == std::string::npos);
}

TEST_CASE("a child that takes too long is killed", "[base][subprocess]") {
  const auto begin = std::chrono::steady_clock::now();
  const ProcessResult result = shell("exec sleep 30", 100ms);
  CHECK(result.timed_out);
  CHECK_FALSE(result.succeeded());
  CHECK(std::chrono::steady_clock::now() - begin < 10s);
}

TEST_CASE("a signal that ends a child is told", "[base][subprocess]") {
  CHECK(shell("kill -TERM $$").signal == SIGTERM);
}

TEST_CASE("endless output is cut and does not fill the memory", "[base][subprocess]") {
  const ProcessResult result = shell("head -c 20000000 /dev/zero");
  CHECK(result.output.size() == 16U << 20U);
}

TEST_CASE("a program that is not there is an error with its path", "[base][subprocess]") {
  CHECK_THROWS_AS(Process({"/nonexistent/python"}, {}), FileError);
}

TEST_CASE("variables are removed by prefix", "[base][subprocess]") {
  setenv("PYTHONHOME", "/nonsense", 1);
  for (const std::string& entry : environment_without({"PYTHON"})) {
    CHECK_FALSE(entry.starts_with("PYTHON"));
  }
  unsetenv("PYTHONHOME");
}

TEST_CASE("a child can have another current directory", "[base][subprocess]") {
  Process process({"/bin/sh", "-c", "pwd"}, {}, "/usr");
  CHECK(process.wait(10s).output == "/usr\n");
}

TEST_CASE("what a child has started is killed with it", "[base][subprocess]") {
  // The grandchild holds the pipe: it is only at its end once both are gone.
  Process process({"/bin/sh", "-c", "sleep 60 & echo $!; wait"}, {"PATH=/usr/bin:/bin"});
  const ProcessResult result = process.wait(300ms);
  CHECK(result.timed_out);
  const pid_t grandchild = std::stoi(result.output);
  for (int i = 0; i < 100 && kill(grandchild, 0) == 0; ++i) {
    const auto status = read_file_if_exists("/proc/" + std::to_string(grandchild) + "/stat");
    if (!status || status->find(") Z") != std::string::npos) break;
    (void)Process({"/bin/sleep", "0.02"}, {}).wait(1s);
  }
  const auto status = read_file_if_exists("/proc/" + std::to_string(grandchild) + "/stat");
  CHECK((!status || status->find(") Z") != std::string::npos));
}

}  // namespace
