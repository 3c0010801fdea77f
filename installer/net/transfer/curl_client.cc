#include "installer/net/transfer/curl_client.h"

#include <chrono>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/process.h"
#include "installer/net/transfer/client_loop.h"

namespace ensure::net {

CurlClient::CurlClient(ClientSettings settings) : settings_(std::move(settings)) {}

CurlClient::~CurlClient() = default;

void CurlClient::start(Request request, Completion completion, std::shared_ptr<BodySink> sink) {
  if (settings_.offline) {
    offline_.emplace_back(std::move(request.url), std::move(completion));
    return;
  }
  if (!loop_) loop_ = std::make_unique<ClientLoop>(settings_, credentials());
  loop_->start(std::move(request), std::move(completion), std::move(sink));
  ++running_;
}

CredentialStore& CurlClient::credentials() {
  if (!credentials_) credentials_ = std::make_unique<CredentialStore>(settings_);
  return *credentials_;
}

std::optional<Credentials> CurlClient::credentials_for(const base::Url& url, AskKeyring ask) {
  return credentials().find(url, ask);
}

bool CurlClient::wait() {
  if (!offline_.empty()) {
    const auto [url, completion] = std::move(offline_.front());
    offline_.pop_front();
    completion(
        base::Error(base::ExitCode::kNetwork,
                    "`" + url.redacted() + "` is not fetched, because the run is offline")
            .with_hint("run once without `--offline`, so that the cache gets what is missing"));
    return true;
  }
  bool any = false;
  while (!any && running_ > 0) {
    base::check_interrupt();
    // A signal does not end the waiting, so check for one now and then.
    auto finished = loop_->take_result(std::chrono::milliseconds(50));
    for (; finished; finished = loop_->take_result(std::chrono::milliseconds(0))) {
      any = true;
      --running_;
      finished->completion(std::move(finished->result));
    }
  }
  return any;
}

std::unique_ptr<HttpClient> make_http_client(ClientSettings settings) {
  return std::make_unique<CurlClient>(std::move(settings));
}

}  // namespace ensure::net
