#include "installer/net/transfer/curl_client.h"

#include <curl/curl.h>

#include <chrono>
#include <deque>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/interrupt.h"
#include "installer/net/transfer/client_loop.h"

namespace ensure::net {

namespace {

/// The client of `--offline`.
class OfflineClient final : public HttpClient {
 public:
  explicit OfflineClient(ClientSettings settings) : settings_(std::move(settings)) {}

  Ticket start(Request request, Completion completion,
               std::shared_ptr<BodySink> /*sink*/) override {
    requests_.emplace_back(std::move(request.url), std::move(completion));
    return ++last_ticket_;
  }

  void hurry(Ticket /*ticket*/) override {}

  bool wait() override {
    if (requests_.empty()) return false;
    const auto [url, completion] = std::move(requests_.front());
    requests_.pop_front();
    completion(
        base::Error(base::ExitCode::kNetwork,
                    "`" + url.redacted() + "` is not fetched, because the run is offline")
            .with_hint("run once without `--offline`, so that the cache gets what is missing"));
    return true;
  }

  [[nodiscard]] std::optional<Credentials> credentials_for(const base::Url& url,
                                                           AskKeyring ask) override {
    if (!credentials_) credentials_.emplace(settings_);
    return credentials_->find(url, ask);
  }

 private:
  ClientSettings settings_;
  std::optional<KnownCredentials> credentials_;
  std::deque<std::pair<base::Url, Completion>> requests_;
  Ticket last_ticket_ = 0;
};

}  // namespace

/// Created by the first request, so that a client without requests costs nothing.
struct CurlClient::Impl {
  Impl(const ClientSettings& settings, CredentialStore& credentials)
      : mailbox([this] { curl_multi_wakeup(multi); }) {
    curl_global_init(CURL_GLOBAL_ALL);
    multi = curl_multi_init();
    const auto connections = static_cast<long>(settings.connections);
    curl_multi_setopt(multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
    curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, connections);
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, connections * 4);
    start(settings, credentials);
  }
  ~Impl() {
    mailbox.stop();
    thread.join();
    curl_multi_cleanup(multi);
    curl_global_cleanup();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void start(const ClientSettings& settings, CredentialStore& credentials) try {
    thread = std::thread([this, &settings, &credentials] {
      ClientLoop(settings, multi, mailbox, credentials).run();
    });
  } catch (const std::system_error& error) {
    throw base::Error(base::ExitCode::kFailure,
                      std::string("cannot start a thread for the network: ") + error.what())
        .with_hint("allow this user more processes (`ulimit -u`), then run the same command again");
  }

  CURLM* multi = nullptr;
  Mailbox mailbox;
  std::thread thread;
};

CurlClient::CurlClient(ClientSettings settings) : settings_(std::move(settings)) {}

CurlClient::~CurlClient() = default;

Ticket CurlClient::start(Request request, Completion completion, std::shared_ptr<BodySink> sink) {
  if (!impl_) impl_ = std::make_unique<Impl>(settings_, credentials().store());
  const Ticket ticket = ++last_ticket_;
  completions_.emplace(ticket, std::move(completion));
  impl_->mailbox.send([ticket, request = std::move(request), sink](ClientLoop& loop) mutable {
    loop.start(ticket, std::move(request), std::move(sink));
  });
  return ticket;
}

KnownCredentials& CurlClient::credentials() {
  if (!credentials_) credentials_ = std::make_unique<KnownCredentials>(settings_);
  return *credentials_;
}

std::optional<Credentials> CurlClient::credentials_for(const base::Url& url, AskKeyring ask) {
  return credentials().find(url, ask);
}

void CurlClient::hurry(Ticket ticket) {
  if (!completions_.contains(ticket)) return;
  impl_->mailbox.send([ticket](ClientLoop& loop) { loop.hurry(ticket); });
}

bool CurlClient::wait() {
  bool any = false;
  while (!any && !completions_.empty()) {
    base::check_interrupt();
    // A signal does not end the waiting, so check for one now and then.
    auto event = impl_->mailbox.take_event(std::chrono::milliseconds(50));
    for (; event; event = impl_->mailbox.take_event(std::chrono::milliseconds(0))) {
      any = any || std::holds_alternative<FinishedEvent>(*event);
      deliver(*std::move(event));
    }
  }
  return any;
}

void CurlClient::deliver(Event event) {
  if (const auto* lookup = std::get_if<KeyringRequest>(&event)) {
    auto found = ask_keyring(*settings_.keyring, lookup->url, lookup->user);
    impl_->mailbox.send([request = *lookup, found = std::move(found)](ClientLoop& loop) {
      loop.finish_lookup(request, found);
    });
    return;
  }
  auto& finished = std::get<FinishedEvent>(event);
  const auto node = completions_.extract(finished.ticket);
  node.mapped()(std::move(finished.result));
}

std::unique_ptr<HttpClient> make_http_client(ClientSettings settings) {
  if (settings.offline) return std::make_unique<OfflineClient>(std::move(settings));
  return std::make_unique<CurlClient>(std::move(settings));
}

}  // namespace ensure::net
