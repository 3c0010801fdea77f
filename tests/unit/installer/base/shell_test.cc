#include "installer/base/printable.h"
#include "tests/support/catch.h"

using namespace ensure::base;

TEST_CASE("Words are quoted where a shell needs it", "[base][shell]") {
  CHECK(shell_quoted("./demo-1.0.tar.gz") == "./demo-1.0.tar.gz");
  CHECK(shell_quoted("a b") == "'a b'");
  CHECK(shell_quoted("it's") == "'it'\\''s'");
  CHECK(shell_quoted("$(x) `y` \\n") == "'$(x) `y` \\n'");
  CHECK(shell_quoted("git+https://host.test/x#egg=y") == "'git+https://host.test/x#egg=y'");
  CHECK(shell_quoted("caf\xC3\xA9 au lait") == "'caf\xC3\xA9 au lait'");
  CHECK(shell_quoted("").size() == 2);
}

TEST_CASE("What a terminal would not show as it is gets escaped", "[base][shell]") {
  CHECK(shell_quoted("a\nb") == "\"$(printf 'a\\012b')\"");
  CHECK(shell_quoted("\x1B[1m'%\\") == "\"$(printf '\\033\\1331m\\047\\045\\134')\"");
  CHECK(shell_quoted("caf\xE9") == "\"$(printf 'caf\\351')\"");
  CHECK(shell_quoted("\xE2\x80\xAE") == "\"$(printf '\\342\\200\\256')\"");
}

TEST_CASE("Escaped words hold no sign that has a meaning", "[base][shell]") {
  CHECK(shell_escaped("/srv/user:word@host/env") ==
        "\"$(printf '/srv/user\\072word\\100host/env')\"");
  CHECK(shell_escaped("-n") == "\"$(printf '\\055n')\"");
}
