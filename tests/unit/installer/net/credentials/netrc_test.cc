#include "installer/net/credentials/credentials.h"
#include "tests/support/catch.h"

namespace {

using namespace ensure::net;

TEST_CASE("netrc entries are found by host", "[net][Netrc]") {
  const Netrc netrc = Netrc::parse(
      "# first line\n"
      "machine Index.Example.org login alice password p#1 # a comment\n"
      "machine other.example.org\n\tlogin \"bob smith\"\n\tpassword \"a \\\"b\\\" \\\\\"\n"
      "machine account.example.org login a account x password y\n"
      "macdef init\nmachine trap login x password y\n\n"
      "machine nopass.example.org login carol\n"
      "default login anonymous password guest\n");
  CHECK(netrc.find("index.example.org") == Credentials{"alice", "p#1"});
  CHECK(netrc.find("INDEX.example.org") == Credentials{"alice", "p#1"});
  CHECK(netrc.find("other.example.org") == Credentials{"bob smith", "a \"b\" \\"});
  CHECK(netrc.find("account.example.org") == Credentials{"a", "y"});
  CHECK(netrc.find("trap") == Credentials{"anonymous", "guest"});
  CHECK(netrc.find("nopass.example.org") == Credentials{"anonymous", "guest"});
  CHECK(netrc.find("unknown") == Credentials{"anonymous", "guest"});
}

TEST_CASE("a user chooses among the entries of a host", "[net][Netrc]") {
  const Netrc netrc = Netrc::parse(
      "machine h login a password 1\nmachine h login b password 2\nmachine t password token\n");
  CHECK(netrc.find("h") == Credentials{"a", "1"});
  CHECK(netrc.find("h", "b") == Credentials{"b", "2"});
  CHECK_FALSE(netrc.find("h", "c"));
  CHECK(netrc.find("t") == Credentials{"", "token"});
  CHECK(netrc.find("t", "u") == Credentials{"u", "token"});
  CHECK_FALSE(netrc.find("x"));
}

TEST_CASE("what is no netrc file ends the reading", "[net][Netrc]") {
  for (const char* text : {"", "machine", "machine \"h", "login x password y", "garbage here",
                           "machine h login", "macdef", "macdef x", "\xEF\xBB\xBF"}) {
    CAPTURE(text);
    CHECK_FALSE(Netrc::parse(text).find("h"));
  }
  const Netrc netrc = Netrc::parse("machine h login a password b\nnonsense\nmachine i password c");
  CHECK(netrc.find("h"));
  CHECK_FALSE(netrc.find("i"));
  CHECK_FALSE(Netrc::parse("machine \"\" password x").find("h"));
  CHECK(Netrc::parse("\xEF\xBB\xBFmachine h\r\nlogin a\r\npassword b\r\n").find("h") ==
        Credentials{"a", "b"});
}

}  // namespace
