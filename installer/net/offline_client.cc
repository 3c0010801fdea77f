#include "installer/net/offline_client.h"

namespace ensure::net {

Ticket OfflineClient::start(Request request, Completion completion,
                            std::shared_ptr<BodySink> /*sink*/) {
  refused_.emplace_back(std::move(request.url), std::move(completion));
  return ++last_ticket_;
}

std::optional<Credentials> OfflineClient::credentials_for(const base::Url& url, Ask ask) {
  if (!credentials_) credentials_.emplace(settings_);
  return credentials_->find(url, ask);
}

bool OfflineClient::wait() {
  if (refused_.empty()) return false;
  const auto [url, completion] = std::move(refused_.front());
  refused_.pop_front();
  completion(
      base::Error(base::ExitCode::kNetwork,
                  "`" + url.redacted() + "` is not fetched, as the run is offline")
          .with_hint("run once without `--offline`, so that the cache gets what is missing"));
  return true;
}

}  // namespace ensure::net
