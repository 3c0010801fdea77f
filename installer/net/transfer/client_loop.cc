#include "installer/net/transfer/client_loop.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace ensure::net {

ClientLoop::ClientLoop(const ClientSettings& settings, CredentialStore& credentials)
    : settings_(settings),
      credentials_(credentials),
      multi_(nullptr, curl_multi_cleanup),
      share_(nullptr, curl_share_cleanup),
      shared_{.settings = settings, .share = nullptr, .trust = nullptr} {
  curl_global_init(CURL_GLOBAL_ALL);
  multi_.reset(curl_multi_init());
  const auto connections = static_cast<long>(settings.connections);
  curl_multi_setopt(multi_.get(), CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
  curl_multi_setopt(multi_.get(), CURLMOPT_MAX_HOST_CONNECTIONS, connections);
  curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, connections * 4);
  share_.reset(curl_share_init());
  curl_share_setopt(share_.get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
  shared_.share = share_.get();
  try {
    thread_ = std::thread([this] { run(); });
  } catch (const std::system_error& error) {
    throw base::Error(base::ExitCode::kFailure,
                      std::string("cannot start a thread for the network: ") + error.what())
        .with_hint("allow this user more processes (`ulimit -u`), then run the same command again");
  }
}

ClientLoop::~ClientLoop() {
  {
    const std::scoped_lock lock(mutex_);
    stops_ = true;
  }
  curl_multi_wakeup(multi_.get());
  thread_.join();
  for (Transfer* const transfer : running_) {
    curl_multi_remove_handle(multi_.get(), transfer->handle());
  }
}

void ClientLoop::start(Request request, Completion completion, std::shared_ptr<BodySink> sink) {
  credentials_.learn(request.url);
  if (request.is_named_by_user) credentials_.name_origin(request.url);
  auto transfer =
      std::make_unique<Transfer>(std::move(request), std::move(completion), std::move(sink));
  {
    const std::scoped_lock lock(mutex_);
    new_.push_back(std::move(transfer));
    if (new_.size() > 1) return;  // the thread has been woken
  }
  curl_multi_wakeup(multi_.get());
}

std::optional<ClientLoop::Finished> ClientLoop::take_result(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  has_finished_.wait_for(lock, timeout, [this] { return !finished_.empty(); });
  if (finished_.empty()) return std::nullopt;
  Finished finished = std::move(finished_.front());
  finished_.pop_front();
  return finished;
}

void ClientLoop::run() {
  while (take_requests()) {
    const Clock::time_point now = Clock::now();
    enqueue_due(now);
    start_ready(now);
    int count = 0;
    curl_multi_perform(multi_.get(), &count);
    check_progress(Clock::now());
    handle_messages();
    curl_multi_poll(multi_.get(), nullptr, 0, milliseconds_to_wait(Clock::now()), nullptr);
  }
}

bool ClientLoop::take_requests() {
  std::vector<std::unique_ptr<Transfer>> requests;
  {
    const std::scoped_lock lock(mutex_);
    if (stops_) return false;
    requests.swap(new_);
  }
  for (std::unique_ptr<Transfer>& transfer : requests) {
    enqueue(*transfer);
    transfers_.emplace(transfer.get(), std::move(transfer));
  }
  return true;
}

OriginQueue& ClientLoop::queue_of(const base::Url& url) {
  return queues_.try_emplace(url.origin(), settings_.connections).first->second;
}

void ClientLoop::enqueue(Transfer& transfer) { queue_of(transfer.url()).add(transfer); }

void ClientLoop::enqueue_due(Clock::time_point now) {
  while (!delayed_.empty() && delayed_.begin()->first <= now) {
    enqueue(*delayed_.begin()->second);
    delayed_.erase(delayed_.begin());
  }
}

void ClientLoop::start_ready(Clock::time_point now) {
  for (auto& [origin, queue] : queues_) {
    while (Transfer* const transfer = queue.take(now)) start_attempt(*transfer, queue);
  }
}

void ClientLoop::start_attempt(Transfer& transfer, OriginQueue& queue) {
  try {
    transfer.prepare(shared_, queue, credentials_.find(transfer.url()));
  } catch (const base::Error& error) {
    queue.release();
    finish(transfer, error);
    return;
  }
  curl_multi_add_handle(multi_.get(), transfer.handle());
  running_.insert(&transfer);
}

void ClientLoop::handle_messages() {
  int left = 0;
  while (const CURLMsg* const message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    Transfer* transfer = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    // The message is invalid after its handle is removed.
    const CURLcode code = message->data.result;
    end_attempt(*transfer);
    handle_result(*transfer, code);
  }
}

void ClientLoop::check_progress(Clock::time_point now) {
  // A process that was stopped for a while could not receive anything.
  const bool was_away = now - last_check_ > settings_.timeout;
  last_check_ = now;
  std::vector<std::pair<Transfer*, Failure>> failed;
  for (Transfer* const transfer : running_) {
    Attempt& attempt = transfer->attempt();
    if (was_away || !attempt.is_connected) attempt.speed.restart();
    if (!attempt.active_since) continue;
    // Requests that share a connection wait for each other, so their progress counts for all.
    const OriginQueue& origin = attempt.origin;
    const bool shares = attempt.is_connected && origin.multiplexes();
    const auto active =
        shares ? std::max(origin.active_since(), *attempt.active_since) : *attempt.active_since;
    const auto received = shares ? origin.received() : attempt.received;
    if (now - active > settings_.timeout) {
      failed.emplace_back(transfer, timeout_failure(attempt.is_connected, settings_.timeout));
    } else if (!was_away && attempt.is_connected &&
               attempt.speed.is_too_slow(now, received, settings_.slowest_rate,
                                         settings_.speed_window())) {
      failed.emplace_back(transfer,
                          slowness_failure(settings_.slowest_rate, settings_.speed_window()));
    }
  }
  for (const auto& [transfer, failure] : failed) {
    end_attempt(*transfer);
    handle_failure(*transfer, failure);
  }
}

int ClientLoop::milliseconds_to_wait(Clock::time_point now) const {
  using std::chrono::milliseconds;
  constexpr milliseconds kIdle{60'000};
  constexpr milliseconds kBusy{250};
  Clock::time_point next = now + kIdle;
  if (!running_.empty()) next = now + std::clamp(settings_.timeout / 4, milliseconds(1), kBusy);
  if (!delayed_.empty()) next = std::min(next, delayed_.begin()->first);
  for (const auto& [origin, queue] : queues_)
    next = std::min(next, queue.ready_at().value_or(next));
  return static_cast<int>(std::chrono::ceil<milliseconds>(std::max(next, now) - now).count());
}

}  // namespace ensure::net
