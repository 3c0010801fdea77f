#include "bootstrap/pip_command.h"

#include "tests/support/catch.h"

using namespace ensure::bootstrap;

TEST_CASE("Words are quoted where a shell needs it", "[bootstrap][pip_command]") {
  CHECK(shell_quoted("./demo-1.0.tar.gz") == "./demo-1.0.tar.gz");
  CHECK(shell_quoted("a b") == "'a b'");
  CHECK(shell_quoted("it's") == "'it'\\''s'");
  CHECK(shell_quoted("git+https://host.test/x#egg=y") == "'git+https://host.test/x#egg=y'");
  CHECK(shell_quoted("").size() == 2);
}

TEST_CASE("The pip of the target is named", "[bootstrap][pip_command]") {
  Request request;
  CHECK(pip_command(request, "") == "pip");
  CHECK(pip_command(request, "/usr/bin/python3.12") == "/usr/bin/python3.12 -m pip");
  request.environments = {"my env", "other"};
  CHECK(pip_command(request, "/usr/bin/python3.12") == "'my env/bin/pip'");
}
