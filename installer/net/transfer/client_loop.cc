#include "installer/net/transfer/client_loop.h"

#include <algorithm>
#include <exception>
#include <string>
#include <system_error>
#include <utility>

namespace ensure::net {

namespace {

base::Error error_from(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const base::Error& error) {
    return error;
  } catch (const std::exception& error) {
    return {base::ExitCode::kFailure, std::string("a download failed: ") + error.what()};
  }
}

/// libcurl has parsed `Retry-After`, a number of seconds or a date; 0 if there is none.
std::optional<std::chrono::seconds> retry_after(const Transfer& transfer) {
  curl_off_t seconds = 0;
  curl_easy_getinfo(transfer.handle(), CURLINFO_RETRY_AFTER, &seconds);
  return seconds > 0 ? std::optional(std::chrono::seconds(seconds)) : std::nullopt;
}

}  // namespace

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
  for (const auto& [origin, queue] : queues_) {
    next = std::min(next, queue.ready_at().value_or(next));
  }
  return static_cast<int>(std::chrono::ceil<milliseconds>(std::max(next, now) - now).count());
}

void ClientLoop::end_attempt(Transfer& transfer) {
  curl_multi_remove_handle(multi_.get(), transfer.handle());
  transfer.attempt().origin.release();
  running_.erase(&transfer);
}

void ClientLoop::handle_result(Transfer& transfer, CURLcode code) {
  const Attempt& attempt = transfer.attempt();
  // For the connection of another one.
  const bool has_waited_in_vain = code == CURLE_OPERATION_TIMEDOUT && !attempt.active_since;
  if (attempt.exception) {
    finish(transfer, error_from(attempt.exception));
  } else if (attempt.must_start_over) {
    start_over(transfer);
  } else if (has_waited_in_vain || (code == CURLE_PEER_FAILED_VERIFICATION && shared_.trust &&
                                    shared_.trust->read_bundle())) {
    enqueue(transfer);  // the bundle may have the missing certificate
  } else if (code == CURLE_OPERATION_TIMEDOUT) {
    handle_failure(transfer, timeout_failure(attempt.is_connected, settings_.timeout));
  } else if (code != CURLE_OK) {
    const std::string trusted = shared_.trust ? shared_.trust->description() : "none";
    Failure failure = failure_of(code, attempt.error_text.data(), transfer.url(), trusted);
    const bool has_proxy = settings_.proxies.for_scheme_of(transfer.url()).has_value();
    if (has_proxy && code == CURLE_COULDNT_CONNECT) {
      failure.hint = "check the address of the proxy (`--proxy`), and the network";
    }
    handle_failure(transfer, failure);
  } else if (!transfer.receiver().is_complete()) {
    handle_failure(transfer, failure_of(CURLE_PARTIAL_FILE, {}, transfer.url(), {}));
  } else {
    try {
      handle_response(transfer);
    } catch (const base::Error& error) {
      finish(transfer, error);
    }
  }
}

void ClientLoop::handle_response(Transfer& transfer) {
  const Response& response = transfer.receiver().response();
  const auto location = response.header("Location");
  if (is_redirect(response.status) && location) {
    transfer.follow(redirect_target(transfer.url(), *location, settings_.trusted_hosts));
    return enqueue(transfer);
  }
  if (response.status == 401 && find_credentials(transfer)) return enqueue(transfer);
  const Failure failure{.kind = FailureKind::kStatus,
                        .status = response.status,
                        .retry_after = retry_after(transfer)};
  if (try_later(transfer, failure)) return;
  finish(transfer, transfer.receiver().finish());
}

void ClientLoop::handle_failure(Transfer& transfer, const Failure& failure) {
  // A server that keeps cutting off a large file still delivers it in the end.
  constexpr std::uint64_t kProgress = std::uint64_t{1} << 20U;
  if (transfer.attempt().received >= kProgress) transfer.history.attempts = 1;
  if (try_later(transfer, failure)) return;
  finish(transfer, error_of(failure, transfer.url(), transfer.history.attempts));
}

void ClientLoop::start_over(Transfer& transfer) {
  if (transfer.history.attempts++ > settings_.retries.retries) {
    finish(transfer, error_of(failure_of(CURLE_PARTIAL_FILE, {}, transfer.url(), {}),
                              transfer.url(), transfer.history.attempts - 1));
    return;
  }
  transfer.restart();
  enqueue(transfer);
}

bool ClientLoop::try_later(Transfer& transfer, const Failure& failure) {
  const double chance = std::uniform_real_distribution<>(0.0, 1.0)(random_);
  const auto delay = delay_before_retry(settings_.retries, transfer.history, failure, chance);
  if (!delay) return false;
  const Clock::time_point time = Clock::now() + *delay;
  if (failure.retry_after) {
    transfer.history.waited_for_server += *failure.retry_after;
    queue_of(transfer.url()).pause_until(time);
  }
  ++transfer.history.attempts;
  transfer.restart();
  delayed_.emplace(time, &transfer);
  return true;
}

bool ClientLoop::find_credentials(Transfer& transfer) {
  const auto& sent = transfer.attempt().credentials;
  // They may also have become known while the request was running.
  const auto found = credentials_.find(transfer.url(), AskKeyring::kYes);
  return found && found != sent;
}

void ClientLoop::finish(Transfer& transfer, FetchResult result) {
  if (auto* const response = std::get_if<Response>(&result)) transfer.add_credentials(*response);
  Finished finished{.completion = transfer.take_completion(), .result = std::move(result)};
  transfers_.erase(&transfer);
  {
    const std::scoped_lock lock(mutex_);
    finished_.push_back(std::move(finished));
  }
  has_finished_.notify_one();
}

}  // namespace ensure::net
