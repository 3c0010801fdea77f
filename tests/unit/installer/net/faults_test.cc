#include <chrono>
#include <ctime>
#include <thread>

#include "client_case.h"
#include "installer/base/error.h"
#include "installer/net/transfer/curl_client.h"
#include "loopback_server.h"
#include "tests/support/catch.h"

/// Servers that are slow, lie, or break off.
namespace {

using namespace ensure;
using namespace ensure::net;
using namespace ensure::tests;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

const std::string kFile = "0123456789abcdefghij";

std::string head(std::string_view status, std::string_view headers) {
  return "HTTP/1.1 " + std::string(status) + "\r\n" + std::string(headers) + "\r\n";
}

/// Sends the first half of the file, then what `rest` does.
LoopbackServer::Handler cut_off(std::string headers, LoopbackServer::Handler rest) {
  return [headers = std::move(headers), rest = std::move(rest)](const LoopbackRequest& request,
                                                                LoopbackConnection& connection) {
    if (request.number > 0) return rest(request, connection);
    connection.send(head("200 OK", "Content-Length: 20\r\n" + headers) + kFile.substr(0, 10));
    connection.close();
  };
}

TEST_CASE("a download that was cut off goes on where it was", "[net][resume]") {
  LoopbackServer server(cut_off("ETag: \"1\"\r\n", [](const LoopbackRequest& request,
                                                      LoopbackConnection& connection) {
    CHECK(request.header("range") == "bytes=10-");
    CHECK(request.header("if-range") == "\"1\"");
    connection.respond(206, kFile.substr(10), "Content-Range: bytes 10-19/20\r\nETag: \"1\"\r\n");
  }));
  CurlClient client(quick_settings());
  const auto sink = std::make_shared<MemorySink>();
  SECTION("into a sink") {
    CHECK(fetch(client, {.url = server.url("/f")}, sink).status == 200);
    CHECK(sink->body == kFile);
    REQUIRE(sink->begins.size() == 2);
    CHECK(sink->begins[1].first == 10);
    CHECK(sink->begins[1].second == 20);
  }
  SECTION("into a text") { CHECK(fetch(client, {.url = server.url("/f")}).body == kFile); }
  CHECK(server.requests().size() == 2);
}

TEST_CASE("without a validator, a digest has to be checked to go on", "[net][resume]") {
  LoopbackServer server(
      cut_off("", [](const LoopbackRequest& request, LoopbackConnection& connection) {
        if (request.header("range").empty()) return connection.respond(200, kFile, "");
        connection.respond(206, kFile.substr(10), "Content-Range: bytes 10-19/20\r\n");
      }));
  CurlClient client(quick_settings());
  const bool checked = GENERATE(true, false);
  const auto sink = std::make_shared<MemorySink>();
  (void)fetch(client, {.url = server.url("/f"), .digest_is_checked = checked}, sink);
  CHECK(sink->body == kFile);
  CHECK(sink->begins.at(1).first == (checked ? 10 : 0));
}

/// Whatever the server says, the halves of two files are never put together.
TEST_CASE("a file that changed meanwhile is fetched anew", "[net][resume]") {
  const std::string other = "ABCDEFGHIJKLMNOPQRST";
  const std::string rest = other.substr(10);
  const std::vector<std::pair<int, std::string>> answers{
      {200, "ETag: \"2\"\r\n"},
      {206, "Content-Range: bytes 10-19/20\r\nETag: \"2\"\r\n"},
      {206, "Content-Range: bytes 10-19/21\r\nETag: \"1\"\r\n"},
      {206, "Content-Range: bytes 9-18/20\r\nETag: \"1\"\r\n"},
      {206, "Content-Range: bytes 10-19/20\r\nETag: \"1\"\r\nContent-Encoding: gzip\r\n"},
      {206, ""},
      {416, "Content-Range: bytes */5\r\n"},
  };
  for (const auto& answer : answers) {
    const int status = answer.first;
    const std::string& headers = answer.second;
    CAPTURE(status, headers);
    const auto rest_of_another = [&](const LoopbackRequest& request,
                                     LoopbackConnection& connection) {
      if (request.header("range").empty()) return connection.respond(200, other, "");
      connection.respond(status, status == 200 ? other : rest, headers);
    };
    LoopbackServer server(cut_off("ETag: \"1\"\r\n", rest_of_another));
    CurlClient client(quick_settings());
    const auto sink = std::make_shared<MemorySink>();
    CHECK(fetch(client, {.url = server.url("/f")}, sink).status == 200);
    CHECK(sink->body == other);
    CHECK(sink->begins.back().first == 0);
  }
}

TEST_CASE("a server that always cuts off is given up", "[net][retry]") {
  LoopbackServer server([](const LoopbackRequest&, LoopbackConnection& connection) {
    connection.send(head("200 OK", "Content-Length: 20\r\n") + kFile.substr(0, 10));
    connection.close();
  });
  ClientSettings settings = quick_settings();
  settings.retries.retries = 2;
  CurlClient client(settings);
  const base::Error error = error_of_fetch(client, {.url = server.url("/f?token=geheim")});
  CHECK(error.exit_code() == base::ExitCode::kNetwork);
  CHECK(error.message().find("(tried 3 times)") != std::string::npos);
  CHECK(error.message().find("geheim") == std::string::npos);
  CHECK(error.message().find("/f?token=****") != std::string::npos);
  CHECK(server.requests().size() == 3);
}

TEST_CASE("5xx and 429 are tried again", "[net][retry]") {
  const int status = GENERATE(500, 502, 503, 504, 429, 408);
  LoopbackServer server([status](const LoopbackRequest& request, LoopbackConnection& connection) {
    connection.respond(request.number < 2 ? status : 200, "x", "");
  });
  CurlClient client(quick_settings());
  CHECK(fetch(client, {.url = server.url("/")}).status == 200);
  CHECK(server.requests().size() == 3);
}

TEST_CASE("after all retries the status is the answer", "[net][retry]") {
  LoopbackServer server([](const LoopbackRequest&, LoopbackConnection& connection) {
    connection.respond(503, "busy", "");
  });
  ClientSettings settings = quick_settings();
  settings.retries.retries = 1;
  CurlClient client(settings);
  const Response response = fetch(client, {.url = server.url("/")});
  CHECK(response.status == 503);
  CHECK(response.body == "busy");
  CHECK(server.requests().size() == 2);
}

TEST_CASE("Retry-After is obeyed, up to a total", "[net][retry]") {
  LoopbackServer server([](const LoopbackRequest& request, LoopbackConnection& connection) {
    std::string wait = request.target.substr(1);
    if (wait == "date") {
      const std::time_t soon = std::time(nullptr) + 2;
      wait.resize(64);
      wait.resize(
          std::strftime(wait.data(), wait.size(), "%a, %d %b %Y %H:%M:%S GMT", std::gmtime(&soon)));
    }
    if (request.number == 0) return connection.respond(429, "", "Retry-After: " + wait + "\r\n");
    connection.respond(200, "x", "");
  });
  ClientSettings settings = quick_settings();
  settings.retries.retry_after_total = std::chrono::seconds(2);
  CurlClient client(settings);
  const Clock::time_point start = Clock::now();
  SECTION("a short wait") {
    CHECK(fetch(client, {.url = server.url("/1")}).status == 200);
    CHECK(Clock::now() - start >= milliseconds(990));
  }
  SECTION("a date") {
    CHECK(fetch(client, {.url = server.url("/date")}).status == 200);
    CHECK(Clock::now() - start >= milliseconds(990));
  }
  SECTION("too long a wait") {
    CHECK(fetch(client, {.url = server.url("/3")}).status == 429);
    CHECK(server.requests().size() == 1);
  }
}

TEST_CASE("the timeout is for silence, not for the whole", "[net][timeout]") {
  LoopbackServer server([](const LoopbackRequest& request, LoopbackConnection& connection) {
    connection.send(head("200 OK", "Content-Length: 20\r\n"));
    if (request.target == "/silent") {
      std::this_thread::sleep_for(milliseconds(2500));
      return connection.close();
    }
    for (const char c : kFile) {
      std::this_thread::sleep_for(milliseconds(75));
      connection.send(std::string_view(&c, 1));
    }
  });
  ClientSettings settings = quick_settings();
  settings.timeout = milliseconds(1000);
  settings.retries.retries = 0;
  CurlClient client(settings);
  const Clock::time_point start = Clock::now();
  SECTION("dripping") {
    CHECK(fetch(client, {.url = server.url("/drip")}).body == kFile);
    CHECK(Clock::now() - start > milliseconds(1200));
  }
  SECTION("silent") {
    const base::Error error = error_of_fetch(client, {.url = server.url("/silent")});
    CHECK(error.exit_code() == base::ExitCode::kNetwork);
    CHECK(error.message().find("no data arrived for 1 s") != std::string::npos);
  }
}

TEST_CASE("a page that drips for ever is given up", "[net][timeout]") {
  LoopbackServer server([](const LoopbackRequest& request, LoopbackConnection& connection) {
    const bool is_steady = request.target == "/steady";
    connection.send(head("200 OK", "Content-Length: 100000\r\n"));
    for (int sent = 0; sent < 100; ++sent) {
      std::this_thread::sleep_for(milliseconds(20));
      connection.send(is_steady ? std::string(1000, 'x') : "x");
    }
  });
  ClientSettings settings = quick_settings();
  settings.timeout = milliseconds(150);
  settings.retries.retries = 0;
  CurlClient client(settings);
  const base::Error error = error_of_fetch(client, {.url = server.url("/drip")});
  CHECK(error.exit_code() == base::ExitCode::kNetwork);
  CHECK(error.message().find("fewer than 100 bytes per second arrived for 0.6 s") !=
        std::string::npos);
  CHECK(fetch(client, {.url = server.url("/steady")}).body.size() == 100'000);
}

TEST_CASE("a host that is not there is tried three times", "[net][retry]") {
  std::string address;
  {
    const LoopbackServer gone([](const LoopbackRequest&, LoopbackConnection&) {});
    address = gone.address();
  }
  ClientSettings settings = quick_settings();
  settings.retries.retries = 10;
  CurlClient client(settings);
  const base::Error error = error_of_fetch(client, {.url = base::Url::parse("http://" + address)});
  CHECK(error.exit_code() == base::ExitCode::kNetwork);
  CHECK(error.message().find(address) != std::string::npos);
  CHECK(error.message().find(" ms") == std::string::npos);
  CHECK(error.hints().size() == 1);
  CHECK(error.message().find("(tried 3 times)") != std::string::npos);
}

TEST_CASE("what is no HTTP is an error", "[net][CurlClient]") {
  LoopbackServer server([](const LoopbackRequest& request, LoopbackConnection& connection) {
    connection.send(request.target == "/empty" ? "" : "SSH-2.0-Server\r\n\r\n");
    connection.close();
  });
  ClientSettings settings = quick_settings();
  settings.retries.retries = 1;
  CurlClient client(settings);
  for (const char* path : {"/empty", "/ssh"}) {
    CHECK(error_of_fetch(client, {.url = server.url(path)}).exit_code() ==
          base::ExitCode::kNetwork);
  }
}

}  // namespace
