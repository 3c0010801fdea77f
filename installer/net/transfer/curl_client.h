#pragma once

#include <memory>
#include <unordered_map>

#include "installer/net/credentials/credentials.h"
#include "installer/net/http_client.h"
#include "installer/net/settings.h"
#include "installer/net/transfer/mailbox.h"

namespace ensure::net {

/// The client for real servers: libcurl, on a thread of its own that the first request starts.
///
/// It follows at most 20 redirects, never from `https:` to `http:`, retries passing failures
/// (`failure.h`), resumes downloads that were cut off, and sends credentials to their origin only.
class CurlClient : public HttpClient {
 public:
  explicit CurlClient(ClientSettings settings);
  ~CurlClient() override;

  Ticket start(Request request, Completion completion,
               std::shared_ptr<BodySink> sink = nullptr) override;
  void hurry(Ticket ticket) override;
  bool wait() override;
  [[nodiscard]] std::optional<Credentials> credentials_for(const base::Url& url,
                                                           AskKeyring ask) override;

 private:
  struct Impl;

  void deliver(Event event);
  /// The first request or `credentials_for` creates them.
  KnownCredentials& credentials();

  ClientSettings settings_;
  std::unique_ptr<KnownCredentials> credentials_;
  std::unordered_map<Ticket, Completion> completions_;
  Ticket last_ticket_ = 0;
  std::unique_ptr<Impl> impl_;
};

/// A `CurlClient`. With `settings.offline` a client that cannot open a socket: every request fails.
[[nodiscard]] std::unique_ptr<HttpClient> make_http_client(ClientSettings settings);

}  // namespace ensure::net
