#pragma once

#include <deque>
#include <optional>
#include <utility>

#include "installer/net/credentials/known_credentials.h"
#include "installer/net/http_client.h"
#include "installer/net/settings.h"

namespace ensure::net {

/// The client of `--offline`: there is nothing in it that could open a socket.
class OfflineClient : public HttpClient {
 public:
  explicit OfflineClient(ClientSettings settings) : settings_(std::move(settings)) {}

  Ticket start(Request request, Completion completion,
               std::shared_ptr<BodySink> sink = nullptr) override;
  void hurry(Ticket /*ticket*/) override {}
  bool wait() override;
  [[nodiscard]] std::optional<Credentials> credentials_for(const base::Url& url, Ask ask) override;

 private:
  ClientSettings settings_;
  std::optional<KnownCredentials> credentials_;
  std::deque<std::pair<base::Url, Completion>> refused_;
  Ticket last_ticket_ = 0;
};

}  // namespace ensure::net
