#pragma once

#include <memory>
#include <unordered_map>

#include "installer/net/credentials/known_credentials.h"
#include "installer/net/http_client.h"
#include "installer/net/settings.h"
#include "installer/net/transfer/mailbox.h"

namespace ensure::net {

/// The client that asks real servers: libcurl, on one thread of its own that starts with the first
/// request.
///
/// Redirects are followed, at most 20, never from `https:` to `http:`. What may pass is tried again
/// (`retry_policy.h`), and downloads that were cut off go on where they were. Credentials go to
/// their own origin only.
class CurlClient : public HttpClient {
 public:
  explicit CurlClient(ClientSettings settings);
  ~CurlClient() override;

  Ticket start(Request request, Completion completion,
               std::shared_ptr<BodySink> sink = nullptr) override;
  void hurry(Ticket ticket) override;
  bool wait() override;
  [[nodiscard]] std::optional<Credentials> credentials_for(const base::Url& url, Ask ask) override;

  [[nodiscard]] Traffic traffic() const;

 private:
  struct Impl;

  void deliver(Event event);
  /// Created by the first request or `credentials_for`.
  KnownCredentials& credentials();

  ClientSettings settings_;
  std::unique_ptr<KnownCredentials> credentials_;
  std::unordered_map<Ticket, Completion> completions_;
  Ticket last_ticket_ = 0;
  std::unique_ptr<Impl> impl_;
};

/// A `CurlClient`; with `settings.offline` one that holds no libcurl and answers every request with
/// an error.
[[nodiscard]] std::unique_ptr<HttpClient> make_http_client(ClientSettings settings);

}  // namespace ensure::net
