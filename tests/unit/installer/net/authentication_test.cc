#include <algorithm>
#include <fstream>

#include "client_case.h"
#include "installer/base/error.h"
#include "installer/net/transfer/curl_client.h"
#include "loopback_server.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"

/// Who is told what: credentials, redirects, proxies.
namespace {

using namespace ensure;
using namespace ensure::net;
using namespace ensure::tests;

const std::string kAlice = "Basic YWxpY2U6cEBzcw==";  // alice:p@ss

void ask_for_alice(const LoopbackRequest& request, LoopbackConnection& connection) {
  const bool right = request.header("authorization") == kAlice;
  connection.respond(right ? 200 : 401, right ? "secret page" : "who?",
                     right ? "" : "WWW-Authenticate: Basic realm=\"x\"\r\n");
}

std::vector<std::string> authorizations(const LoopbackServer& server) {
  std::vector<std::string> all;
  for (const LoopbackRequest& request : server.requests()) {
    all.push_back(request.header("authorization"));
  }
  return all;
}

using All = std::vector<std::string>;

/// A stand-in for the `keyring` command that notes how it was called.
KeyringCommand keyring_script(const fs::path& directory, const std::string& script) {
  const fs::path program = directory / "keyring";
  fs::ofstream(program) << "#!/bin/sh\necho \"$@\" >>'" << (directory / "calls").text() << "'\n"
                        << script;
  fs::permissions(program, fs::perms::owner_all);
  return {.program = program, .environment = {"PATH=/usr/bin:/bin"}};
}

std::string calls(const fs::path& directory) {
  fs::ifstream file(directory / "calls");
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_CASE("credentials of the URL are sent at once, and kept for its origin", "[net][auth]") {
  LoopbackServer server(ask_for_alice);
  CurlClient client(quick_settings());
  const Response response =
      fetch(client, {.url = server.url("/simple/").with_credentials("alice", "p@ss")});
  CHECK(response.body == "secret page");
  CHECK(response.url == server.url("/simple/"));
  CHECK(fetch(client, {.url = server.url("/files/x")}).status == 200);
  CHECK(authorizations(server) == All{kAlice, kAlice});
}

TEST_CASE("netrc is the second source", "[net][auth]") {
  LoopbackServer server(ask_for_alice);
  const TempDir directory;
  fs::ofstream(directory.path() / "netrc") << "machine 127.0.0.1 login alice password p@ss\n";
  ClientSettings settings = quick_settings();
  settings.netrc_files = {directory.path() / "missing", directory.path() / "netrc"};
  CurlClient client(settings);
  CHECK(fetch(client, {.url = server.url("/")}).status == 401);
  // It names no port, so that it counts only where the user named the server.
  CHECK(fetch(client, {.url = server.url("/"), .is_named_by_user = true}).status == 200);
  const Response response = fetch(client, {.url = server.url("/")});
  CHECK(response.status == 200);
  CHECK(response.credentials == Credentials{"alice", "p@ss"});
  CHECK(authorizations(server) == All{"", kAlice, kAlice});
}

TEST_CASE("401 and 403 are answers, and wrong passwords are not asked for again", "[net][auth]") {
  LoopbackServer server(ask_for_alice);
  const TempDir directory;
  ClientSettings settings = quick_settings();
  settings.keyring = keyring_script(directory.path(), "echo other\n");
  CurlClient client(settings);
  const Response response =
      fetch(client, {.url = server.url("/").with_credentials("bob", "geheim")});
  CHECK(response.status == 401);
  const base::Error error = net::error_of(response);
  CHECK(error.exit_code() == base::ExitCode::kRefused);
  CHECK(error.message().find("geheim") == std::string::npos);
  CHECK(server.requests().size() == 1);
  CHECK(calls(directory.path()).empty());
}

TEST_CASE("a keyring is asked after a 401, once", "[net][auth]") {
  LoopbackServer server(ask_for_alice);
  const TempDir directory;
  ClientSettings settings = quick_settings();
  SECTION("for the password of a user") {
    settings.keyring = keyring_script(directory.path(), "echo p@ss\n");
    CurlClient client(settings);
    const base::Url url = server.url("/simple/").with_credentials("alice", std::nullopt);
    int right = 0;
    for (int i = 0; i < 5; ++i) {
      client.start({.url = url}, [&right](FetchResult outcome) {
        right += std::get<Response>(outcome).status == 200 ? 1 : 0;
      });
    }
    while (client.wait()) {
    }
    CHECK(right == 5);
    CHECK(calls(directory.path()) == "get " + server.url("/simple/").to_string() + " alice\n");
  }
  SECTION("for both") {
    settings.keyring = keyring_script(directory.path(), "echo alice; echo p@ss\n");
    CurlClient client(settings);
    CHECK(fetch(client, {.url = server.url("/a")}).status == 200);
    CHECK(fetch(client, {.url = server.url("/b")}).status == 200);
    CHECK(calls(directory.path()) == "--mode creds get " + server.url("/a").to_string() + "\n");
  }
  SECTION("that knows nothing") {
    settings.keyring = keyring_script(directory.path(), "exit 1\n");
    CurlClient client(settings);
    CHECK(fetch(client, {.url = server.url("/a")}).status == 401);
    CHECK(fetch(client, {.url = server.url("/b")}).status == 401);
    const std::string made = calls(directory.path());
    CHECK(std::ranges::count(made, '\n') == 2);  // the URL, then the host
  }
  SECTION("that is missing") {
    settings.keyring = KeyringCommand{.program = directory.path() / "none", .environment = {}};
    CurlClient client(settings);
    const Response response = fetch(client, {.url = server.url("/a")});
    CHECK(response.status == 401);
    CHECK(response.body == "who?");
  }
}

TEST_CASE("credentials are not sent to where a redirect leads", "[net][auth]") {
  LoopbackServer other([](const LoopbackRequest&, LoopbackConnection& connection) {
    connection.respond(200, "elsewhere", "");
  });
  LoopbackServer server([&other](const LoopbackRequest& request, LoopbackConnection& connection) {
    const std::string to = request.target == "/out" ? other.url("/x/y").to_string() : "/there";
    if (request.target == "/there") return connection.respond(200, "there", "");
    connection.respond(302, "moved", "Location: " + to + "\r\n");
  });
  CurlClient client(quick_settings());
  const Request request{.url = server.url("/out").with_credentials("alice", "p@ss"),
                        .headers = {{"Cookie", "c=1"}, {"Accept", "text/html"}}};
  const Response response = fetch(client, request);
  CHECK(response.body == "elsewhere");
  CHECK(response.url == other.url("/x/y"));
  CHECK(authorizations(server) == All{kAlice});
  CHECK(authorizations(other) == All{""});
  CHECK(other.requests().at(0).header("cookie").empty());
  CHECK(other.requests().at(0).header("accept") == "text/html");
  CHECK(fetch(client, {.url = server.url("/in")}).url == server.url("/there"));
  CHECK(authorizations(server) == All{kAlice, kAlice, kAlice});
}

TEST_CASE("redirects that do not end are an error", "[net][redirect]") {
  LoopbackServer server([](const LoopbackRequest&, LoopbackConnection& connection) {
    connection.respond(301, "", "Location: /again\r\n");
  });
  CurlClient client(quick_settings());
  const base::Error error = error_of_fetch(client, {.url = server.url("/")});
  CHECK(error.exit_code() == base::ExitCode::kNetwork);
  CHECK(server.requests().size() == 21);
}

TEST_CASE("a redirect to a file is refused", "[net][redirect]") {
  LoopbackServer server([](const LoopbackRequest&, LoopbackConnection& connection) {
    connection.respond(302, "", "Location: file:///etc/passwd\r\n");
  });
  CurlClient client(quick_settings());
  CHECK(error_of_fetch(client, {.url = server.url("/")}).exit_code() == base::ExitCode::kNetwork);
}

TEST_CASE("a redirect without a target is an answer", "[net][redirect]") {
  LoopbackServer server([](const LoopbackRequest&, LoopbackConnection& connection) {
    connection.respond(302, "", "");
  });
  CurlClient client(quick_settings());
  CHECK(fetch(client, {.url = server.url("/")}).status == 302);
}

TEST_CASE("a proxy is used unless the host is to be asked directly", "[net][proxy]") {
  LoopbackServer proxy([](const LoopbackRequest& request, LoopbackConnection& connection) {
    const bool knows = request.header("proxy-authorization") == kAlice;
    connection.respond(knows ? 200 : 407, request.target, "");
  });
  ClientSettings settings = quick_settings();
  settings.proxies.http = "http://alice:p%40ss@" + proxy.address();
  settings.proxies.no_proxy = "127.0.0.1,.direct.test";
  CurlClient client(settings);
  const Response response = fetch(client, {.url = base::Url::parse("http://index.test/x")});
  CHECK(response.body == "http://index.test/x");
  CHECK(response.status == 200);
  LoopbackServer direct([](const LoopbackRequest&, LoopbackConnection& connection) {
    connection.respond(200, "direct", "");
  });
  CHECK(fetch(client, {.url = direct.url("/")}).body == "direct");
  CHECK(proxy.requests().size() == 1);
  CHECK(authorizations(proxy) == All{""});
}

}  // namespace
