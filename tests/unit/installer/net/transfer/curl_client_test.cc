#include "installer/net/transfer/curl_client.h"

#include <array>

#include "client_case.h"
#include "installer/base/error.h"
#include "loopback_server.h"
#include "tests/support/catch.h"

namespace {

using namespace ensure;
using namespace ensure::net;
using namespace ensure::tests;

TEST_CASE("a page is fetched with the headers given", "[net][CurlClient]") {
  LoopbackServer server([](const LoopbackRequest&, LoopbackConnection& connection) {
    connection.respond(200, "hello", "Content-Type: text/html\r\nETag: \"1\"\r\n");
  });
  ClientSettings settings = quick_settings();
  settings.user_agent = "tester/1";
  CurlClient client(settings);
  const Response response =
      fetch(client, {.url = server.url("/a%20b?x=1#f"), .headers = {{"Accept", "text/html"}}});
  CHECK(response.status == 200);
  CHECK(response.body == "hello");
  CHECK(response.header("etag") == "\"1\"");
  CHECK(response.url == server.url("/a%20b?x=1#f"));
  const LoopbackRequest request = server.requests().at(0);
  CHECK(request.target == "/a%20b?x=1");
  CHECK(request.header("accept") == "text/html");
  CHECK(request.header("user-agent") == "tester/1");
  CHECK(request.header("accept-encoding") == "gzip, deflate");
  CHECK(request.header("authorization").empty());
}

TEST_CASE("statuses are answers, not errors", "[net][CurlClient]") {
  LoopbackServer server([](const LoopbackRequest& request, LoopbackConnection& connection) {
    connection.respond(std::stoi(request.target.substr(1)), "why", "");
  });
  CurlClient client(quick_settings());
  for (const int status : {403, 404, 410, 501}) {
    const auto sink = std::make_shared<MemorySink>();
    const Response response =
        fetch(client, {.url = server.url("/" + std::to_string(status))}, sink);
    CHECK(response.status == status);
    CHECK(response.body == "why");  // an explanation never goes into the sink
    CHECK(sink->begins.empty());
  }
  CHECK(fetch(client, {.url = server.url("/404")}).body == "why");
  CHECK(server.requests().size() == 5);
}

TEST_CASE("304 is an answer to a conditional request", "[net][CurlClient]") {
  LoopbackServer server([](const LoopbackRequest& request, LoopbackConnection& connection) {
    const bool same = request.header("if-none-match") == "\"1\"";
    same ? connection.send("HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n")
         : connection.respond(200, "x", "");
  });
  CurlClient client(quick_settings());
  const Response response =
      fetch(client, {.url = server.url("/"), .headers = {{"If-None-Match", "\"1\""}}});
  CHECK(response.status == 304);
  CHECK(response.body.empty());
}

TEST_CASE("a range is asked for, and may be ignored", "[net][CurlClient]") {
  const std::string file = "0123456789";
  LoopbackServer server([&file](const LoopbackRequest& request, LoopbackConnection& connection) {
    if (request.target == "/ignores") return connection.respond(200, file, "");
    if (request.header("range") == "bytes=-3") {
      return connection.respond(206, "789", "Content-Range: bytes 7-9/10\r\n");
    }
    if (request.header("range") == "bytes=2-4") {
      return connection.respond(206, "234", "Content-Range: bytes 2-4/10\r\n");
    }
    connection.respond(416, "", "Content-Range: bytes */10\r\n");
  });
  CurlClient client(quick_settings());
  Response response = fetch(client, {.url = server.url("/f"), .range = ByteRange::suffix(3)});
  CHECK(response.status == 206);
  CHECK(response.body == "789");
  CHECK(response.content_range()->total == 10);
  CHECK(server.requests().at(0).header("accept-encoding").empty());
  const auto sink = std::make_shared<MemorySink>();
  CHECK(fetch(client, {.url = server.url("/f"), .range = ByteRange::span(2, 4)}, sink).status ==
        206);
  CHECK(sink->begins.at(0).first == 2);
  CHECK(sink->begins.at(0).second == 10);
  CHECK(sink->body == "??234");
  CHECK(fetch(client, {.url = server.url("/f"), .range = ByteRange::from(10)}).status == 416);
  response = fetch(client, {.url = server.url("/ignores"), .range = ByteRange::suffix(3)});
  CHECK(response.status == 200);
  CHECK(response.body == file);
}

TEST_CASE("other bytes than those asked for are refused", "[net][CurlClient]") {
  LoopbackServer server([](const LoopbackRequest& request, LoopbackConnection& connection) {
    if (request.target == "/unasked") {
      return connection.respond(206, "789", "Content-Range: bytes 7-9/10\r\n");
    }
    if (request.target == "/shifted") {
      return connection.respond(206, "678", "Content-Range: bytes 6-8/10\r\n");
    }
    if (request.target == "/longer") {
      return connection.respond(206, "7890", "Content-Range: bytes 7-9/10\r\n");
    }
    connection.respond(206, "789", "");
  });
  CurlClient client(quick_settings());
  CHECK(error_of_fetch(client, {.url = server.url("/unasked")}).exit_code() ==
        base::ExitCode::kNetwork);
  for (const char* path : {"/shifted", "/longer", "/unsaid"}) {
    CAPTURE(path);
    const base::Error error =
        error_of_fetch(client, {.url = server.url(path), .range = ByteRange::suffix(3)});
    CHECK(error.exit_code() == base::ExitCode::kNetwork);
  }
  CHECK(server.requests().size() == 4);
}

TEST_CASE("a body may not be larger than allowed", "[net][CurlClient]") {
  LoopbackServer server([](const LoopbackRequest& request, LoopbackConnection& connection) {
    if (request.target == "/says") return connection.respond(200, std::string(101, 'x'), "");
    connection.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + std::string(101, 'x'));
    connection.close();
  });
  CurlClient client(quick_settings());
  for (const char* path : {"/says", "/silent"}) {
    const Request request{.url = server.url(path), .size_limit = 100};
    CHECK(error_of_fetch(client, request).exit_code() == base::ExitCode::kVerification);
  }
  CHECK(fetch(client, {.url = server.url("/silent"), .size_limit = 101}).body.size() == 101);
}

/// A megabyte of nothing, compressed by gzip twice over would be smaller still; here once.
TEST_CASE("compressed pages are unpacked, and measured unpacked", "[net][CurlClient]") {
  // printf 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' |
  // gzip -n
  constexpr std::array<unsigned char, 24> kGzip{0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00,
                                                0x00, 0x03, 0x4b, 0x4c, 0xa4, 0x2e, 0x00, 0x00,
                                                0x7d, 0x8d, 0x99, 0x1a, 0x50, 0x00, 0x00, 0x00};
  const std::string packed(reinterpret_cast<const char*>(kGzip.data()), kGzip.size());
  LoopbackServer server([&packed](const LoopbackRequest&, LoopbackConnection& connection) {
    connection.respond(200, packed, "Content-Encoding: gzip\r\n");
  });
  CurlClient client(quick_settings());
  CHECK(fetch(client, {.url = server.url("/")}).body == std::string(80, 'a'));
  CHECK(error_of_fetch(client, {.url = server.url("/"), .size_limit = 79}).exit_code() ==
        base::ExitCode::kVerification);
}

TEST_CASE("what a sink throws is the outcome", "[net][CurlClient]") {
  class FullDisk : public MemorySink {
   public:
    void write(std::string_view) override {
      throw base::Error(base::ExitCode::kFileSystem, "no space");
    }
  };
  LoopbackServer server([](const LoopbackRequest&, LoopbackConnection& connection) {
    connection.respond(200, "hello", "");
  });
  CurlClient client(quick_settings());
  const base::Error error =
      error_of_fetch(client, {.url = server.url("/")}, std::make_shared<FullDisk>());
  CHECK(error.exit_code() == base::ExitCode::kFileSystem);
  CHECK(server.requests().size() == 1);
}

TEST_CASE("many requests share few connections", "[net][CurlClient]") {
  LoopbackServer server([](const LoopbackRequest& request, LoopbackConnection& connection) {
    connection.respond(200, request.target, "");
  });
  ClientSettings settings = quick_settings();
  settings.connections = 4;
  CurlClient client(settings);
  std::size_t right = 0;
  for (int i = 0; i < 200; ++i) {
    const std::string path = "/" + std::to_string(i);
    client.start({.url = server.url(path)}, [&right, path](FetchResult outcome) {
      right += std::get<Response>(outcome).body == path ? 1 : 0;
    });
  }
  while (client.wait()) {
  }
  CHECK(right == 200);
  CHECK(server.most_open() <= 4);
  CHECK(server.requests().size() == 200);
  CHECK(server.connections() <= 8);
  CHECK_FALSE(client.wait());
}

TEST_CASE("a completion may ask for more", "[net][CurlClient]") {
  LoopbackServer server([](const LoopbackRequest&, LoopbackConnection& connection) {
    connection.respond(200, "x", "");
  });
  CurlClient client(quick_settings());
  int answers = 0;
  client.start({.url = server.url("/1")}, [&](const FetchResult&) {
    ++answers;
    client.start({.url = server.url("/2")}, [&](const FetchResult&) { ++answers; });
    answers += fetch(client, {.url = server.url("/3")}).status == 200 ? 1 : 0;
  });
  while (client.wait()) {
  }
  CHECK(answers == 3);
}

TEST_CASE("a client can be left with requests under way", "[net][CurlClient]") {
  LoopbackServer server([](const LoopbackRequest&, LoopbackConnection& connection) {
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345");
  });
  bool called = false;
  {
    CurlClient client(quick_settings());
    client.start({.url = server.url("/")}, [&called](const FetchResult&) { called = true; });
    client.start({.url = server.url("/")}, [&called](const FetchResult&) { called = true; });
  }
  CHECK_FALSE(called);
}

TEST_CASE("offline opens no socket", "[net][OfflineClient]") {
  LoopbackServer server([](const LoopbackRequest&, LoopbackConnection&) {});
  ClientSettings settings = quick_settings();
  settings.offline = true;
  const auto client = make_http_client(settings);
  const base::Error error =
      error_of_fetch(*client, {.url = server.url("/x").with_credentials("u", "geheim")});
  CHECK(error.exit_code() == base::ExitCode::kNetwork);
  CHECK(error.message().find("geheim") == std::string::npos);
  CHECK_FALSE(client->wait());
  CHECK(server.connections() == 0);
}

}  // namespace
