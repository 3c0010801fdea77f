#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "installer/net/transfer/curl_client.h"

namespace ensure::tests {

/// Settings for tests on loopback: no proxy, no netrc, and nothing waits long.
inline net::ClientSettings quick_settings() {
  net::ClientSettings settings;
  settings.timeout = std::chrono::milliseconds(2000);
  settings.retries.retries = 3;
  return settings;
}

/// Keeps a body and how it came.
class MemorySink : public net::BodySink {
 public:
  void begin(std::uint64_t offset, std::optional<std::uint64_t> total) override {
    begins.emplace_back(offset, total);
    body.resize(offset, '?');
  }
  void write(std::string_view bytes) override { body.append(bytes); }

  std::vector<std::pair<std::uint64_t, std::optional<std::uint64_t>>> begins;
  std::string body;
};

/// The error that a request ends with; fails the test where there is an answer.
inline base::Error error_of_fetch(net::HttpClient& client, net::Request request,
                                  std::shared_ptr<net::BodySink> sink = nullptr) {
  try {
    const net::Response response = net::fetch(client, std::move(request), std::move(sink));
    return {base::ExitCode::kSuccess, "answered " + std::to_string(response.status)};
  } catch (const base::Error& error) {
    return error;
  }
}

}  // namespace ensure::tests
