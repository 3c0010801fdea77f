#include "bootstrap/cli/suggested_line.h"

#include "tests/support/catch.h"

using namespace ensure::bootstrap;

TEST_CASE("The pip of the target is named", "[bootstrap][pip_command]") {
  Request request;
  CHECK(pip_command(request, "") == "pip");
  CHECK(pip_command(request, "/usr/bin/python3.12") == "/usr/bin/python3.12 -m pip");
  request.environments = {"my env", "other"};
  CHECK(pip_command(request, "/usr/bin/python3.12") == "'my env/bin/pip'");
}
