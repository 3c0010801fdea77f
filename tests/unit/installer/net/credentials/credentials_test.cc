#include "installer/net/credentials/credentials.h"

#include "tests/support/catch.h"

namespace {

using namespace ensure;
using namespace ensure::net;

base::Url url(const char* text) { return base::Url::parse(text); }

TEST_CASE("credentials of a URL are those of its origin", "[net][CredentialStore]") {
  CredentialStore store;
  store.learn(url("https://u:p%40@host/simple/"));
  CHECK(store.find(url("https://host/simple/flask/")) == Credentials{"u", "p@"});
  CHECK(store.find(url("https://host/files/x.whl")) == Credentials{"u", "p@"});
  CHECK_FALSE(store.find(url("http://host/simple/")));
  CHECK_FALSE(store.find(url("https://host:8443/simple/")));
  CHECK_FALSE(store.find(url("https://host.example/simple/")));
  CHECK(store.find(url("https://v:q@host/x")) == Credentials{"v", "q"});
}

TEST_CASE("two indexes on one host keep their own", "[net][CredentialStore]") {
  CredentialStore store;
  store.learn(url("https://a:1@host/team/a/simple/"));
  store.learn(url("https://b:2@host/team/b/simple/"));
  CHECK(store.find(url("https://host/team/b/simple/x/")) == Credentials{"b", "2"});
  CHECK(store.find(url("https://host/team/a/simple/x/")) == Credentials{"a", "1"});
  CHECK(store.find(url("https://b@host/team/a/simple/x/")) == Credentials{"b", "2"});
  CHECK(store.find(url("https://c@host/team/a/simple/x/")) == Credentials{"c", ""});
  store.learn(url("https://d@host/team/d/simple/"));
  CHECK(store.find(url("https://host/team/d/simple/x/")) == Credentials{"d", ""});
}

TEST_CASE("netrc is asked where the URL has no password", "[net][CredentialStore]") {
  CredentialStore store(Netrc::parse("machine host login n password x\n"));
  CHECK(store.find(url("https://host/")) == Credentials{"n", "x"});
  CHECK(store.find(url("https://n@host/")) == Credentials{"n", "x"});
  CHECK(store.find(url("https://token@host/")) == Credentials{"token", ""});
  CHECK(store.find(url("https://u:p@host/")) == Credentials{"u", "p"});
  CHECK_FALSE(store.find(url("https://other/")));
}

TEST_CASE("netrc counts for origins that the user named", "[net][CredentialStore]") {
  CredentialStore store(
      Netrc::parse("machine host login n password x\ndefault login d password y\n"));
  CHECK(store.find(url("https://host/")) == Credentials{"n", "x"});
  CHECK_FALSE(store.find(url("https://host:8443/")));
  CHECK_FALSE(store.find(url("http://host/")));
  CHECK_FALSE(store.find(url("https://other/")));
  store.name_origin(url("https://host:8443/simple/"));
  store.name_origin(url("http://other:8080/simple/"));
  CHECK(store.find(url("https://host:8443/")) == Credentials{"n", "x"});
  CHECK(store.find(url("http://other:8080/")) == Credentials{"d", "y"});
  CHECK_FALSE(store.find(url("https://host:9443/")));
  CHECK_FALSE(store.find(url("http://host:8443/")));
  CHECK_FALSE(store.find(url("https://other/")));
}

TEST_CASE("a keyring is asked for the user whose password is missing", "[net][CredentialStore]") {
  CredentialStore store;
  CHECK_FALSE(store.user_without_password(url("https://host/")));
  store.learn(url("https://u@host/simple/"));
  CHECK(store.user_without_password(url("https://host/simple/x")) == "u");
  CHECK(store.find(url("https://host/simple/x")) == Credentials{"u", ""});
  store.learn(url("https://host/simple/x"), {"u", "p"});
  CHECK(store.find(url("https://host/simple/x")) == Credentials{"u", "p"});
  CHECK(store.find(url("https://host/simple/y/z")) == Credentials{"u", "p"});
  // The URL of the index comes again with each request; what was learned stays.
  store.learn(url("https://u@host/simple/"));
  CHECK(store.find(url("https://host/simple/y/z")) == Credentials{"u", "p"});
  // So do the URLs of files elsewhere, which a page of the index lists for the same user.
  store.learn(url("https://u@host/files/"));
  CHECK(store.find(url("https://u@host/files/x")) == Credentials{"u", "p"});
  CHECK(store.find(url("https://host/files/x")) == Credentials{"u", "p"});
  CHECK_FALSE(store.user_without_password(url("https://u@host/files/x")));
}

}  // namespace
