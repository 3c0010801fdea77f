#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

#include "installer/net/credentials/credentials.h"
#include "installer/net/http_client.h"
#include "installer/net/settings.h"

namespace ensure::net {

class ClientLoop;

/// The client for real servers: libcurl, on a thread of its own that the first request starts.
///
/// It follows at most 20 redirects, never from `https:` to `http:`, retries passing failures
/// (`failure.h`), resumes downloads that were cut off, and sends credentials to their origin only.
/// With `settings.offline` it starts no thread, and every request fails.
class CurlClient : public HttpClient {
 public:
  explicit CurlClient(ClientSettings settings);
  ~CurlClient() override;

  void start(Request request, Completion completion,
             std::shared_ptr<BodySink> sink = nullptr) override;
  bool wait() override;
  [[nodiscard]] std::optional<Credentials> credentials_for(const base::Url& url,
                                                           AskKeyring ask) override;

 private:
  /// The first request or `credentials_for` creates them.
  CredentialStore& credentials();

  ClientSettings settings_;
  std::unique_ptr<CredentialStore> credentials_;
  std::unique_ptr<ClientLoop> loop_;  ///< null before the first request
  std::size_t running_ = 0;           ///< requests whose completion was not called
  std::deque<std::pair<base::Url, Completion>> offline_;  ///< requests of an offline run
};

[[nodiscard]] std::unique_ptr<HttpClient> make_http_client(ClientSettings settings);

}  // namespace ensure::net
