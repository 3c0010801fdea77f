#include "installer/net/transfer/client_loop.h"

#include <algorithm>
#include <utility>

#include "installer/net/transfer/failure.h"

namespace ensure::net {

ClientLoop::ClientLoop(const ClientSettings& settings, CURLM* multi, Mailbox& mailbox,
                       CredentialStore& credentials)
    : settings_(settings),
      multi_(multi),
      mailbox_(mailbox),
      share_(curl_share_init(), curl_share_cleanup),
      shared_{.settings = settings,
              .share = share_.get(),
              .trust_store = nullptr,
              .client_certificate_is_checked = false},
      credentials_(credentials) {
  curl_share_setopt(share_.get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
}

ClientLoop::~ClientLoop() {
  for (const auto& [ticket, running] : running_) {
    curl_multi_remove_handle(multi_, running.transfer->handle());
  }
}

void ClientLoop::run() {
  while (auto commands = mailbox_.take_commands()) {
    for (const Command& command : *commands) command(*this);
    const Clock::time_point now = Clock::now();
    enqueue_due(now);
    start_ready(now);
    int count = 0;
    curl_multi_perform(multi_, &count);
    read_trust();
    const bool has_news = learn_protocols();
    if (handle_messages() || has_news) continue;
    check_timeouts(Clock::now());
    check_speed(Clock::now());
    curl_multi_poll(multi_, nullptr, 0, milliseconds_to_wait(Clock::now()), nullptr);
  }
}

void ClientLoop::start(Ticket ticket, Request request, std::shared_ptr<BodySink> sink) {
  credentials_.learn(request.url);
  if (request.is_named_by_user) credentials_.name_origin(request.url);
  auto transfer = std::make_unique<Transfer>(ticket, std::move(request), std::move(sink));
  enqueue(*transfers_.emplace(ticket, std::move(transfer)).first->second);
}

void ClientLoop::hurry(Ticket ticket) {
  const auto found = transfers_.find(ticket);
  if (found == transfers_.end()) return;
  found->second->urgency = Urgency::kNow;
  queue_of(found->second->url()).hurry(ticket);
}

OriginQueue& ClientLoop::queue_of(const base::Url& url) {
  return queues_.try_emplace(url.origin(), settings_.connections).first->second;
}

void ClientLoop::enqueue(Transfer& transfer) {
  queue_of(transfer.url()).add(transfer.ticket(), transfer.urgency);
}

void ClientLoop::enqueue_due(Clock::time_point now) {
  while (!delayed_.empty() && delayed_.begin()->first <= now) {
    enqueue(*transfers_.at(delayed_.begin()->second));
    delayed_.erase(delayed_.begin());
  }
}

void ClientLoop::start_ready(Clock::time_point now) {
  for (auto& [origin, queue] : queues_) {
    while (const auto ticket = queue.take(now)) start_attempt(*transfers_.at(*ticket), queue);
  }
}

void ClientLoop::start_attempt(Transfer& transfer, OriginQueue& queue) {
  try {
    transfer.prepare(shared_, credentials_.find(transfer.url()));
  } catch (const base::Error& error) {
    queue.release();
    finish(transfer, error);
    return;
  }
  curl_multi_add_handle(multi_, transfer.handle());
  running_.emplace(
      transfer.ticket(),
      Running{.transfer = &transfer, .queue = &queue, .speed = {}, .noted = transfer.received()});
}

void ClientLoop::read_trust() {
  if (trust_is_read_) return;
  const bool is_needed = std::ranges::any_of(
      running_, [](const auto& entry) { return entry.second.transfer->url().scheme() == "https"; });
  if (!is_needed) return;
  trust_is_read_ = true;
  try {
    (void)shared_.trust();
  } catch (const base::Error&) {
    return;  // it is thrown again, and reported, when the store is used
  }
}

bool ClientLoop::learn_protocols() {
  bool has_news = false;
  for (const auto& [ticket, running] : running_) {
    if (running.queue->knows_protocol() || !running.transfer->is_connected()) continue;
    running.queue->set_multiplexes(running.transfer->multiplexes());
    has_news = true;
  }
  return has_news;
}

bool ClientLoop::handle_messages() {
  bool any = false;
  int left = 0;
  while (const CURLMsg* const message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    any = true;
    Transfer* transfer = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    // The message is invalid after its handle is removed.
    const CURLcode code = message->data.result;
    handle_result(complete(transfer->ticket()), code);
  }
  return any;
}

void ClientLoop::check_timeouts(Clock::time_point now) {
  // Requests that share a connection may be answered in any order.
  std::map<const OriginQueue*, Clock::time_point> last_news;
  std::vector<Ticket> late;
  for (const auto& [ticket, running] : running_) {
    const Transfer& transfer = *running.transfer;
    if (!transfer.active_since() || !transfer.multiplexes()) continue;
    Clock::time_point& last = last_news[running.queue];
    last = std::max(last, *transfer.active_since());
  }
  for (const auto& [ticket, running] : running_) {
    const Transfer& transfer = *running.transfer;
    if (!transfer.active_since()) continue;
    const Clock::time_point last =
        transfer.multiplexes() ? last_news[running.queue] : *transfer.active_since();
    if (now - last > settings_.timeout) late.push_back(ticket);
  }
  for (const Ticket ticket : late) {
    Transfer& transfer = complete(ticket);
    handle_failure(transfer, timeout_failure(transfer.is_connected(), settings_.timeout));
  }
}

void ClientLoop::note_received(Running& running) {
  running.queue->note_received(running.transfer->received() - running.noted);
  running.noted = running.transfer->received();
}

void ClientLoop::check_speed(Clock::time_point now) {
  for (auto& [ticket, running] : running_) note_received(running);
  // A process that was stopped for a while could not receive anything.
  const bool was_away = now - last_check_ > settings_.timeout;
  last_check_ = now;
  std::vector<Ticket> slow;
  for (auto& [ticket, running] : running_) {
    const Transfer& transfer = *running.transfer;
    if (was_away || !transfer.is_connected()) {
      running.speed.restart();
      continue;
    }
    // Transfers that share a connection wait for each other, so count the bytes of all.
    const std::uint64_t received =
        transfer.multiplexes() ? running.queue->received() : transfer.received();
    if (running.speed.is_too_slow(now, received, settings_.slowest_rate,
                                  settings_.speed_window())) {
      slow.push_back(ticket);
    }
  }
  for (const Ticket ticket : slow) {
    handle_failure(complete(ticket),
                   slowness_failure(settings_.slowest_rate, settings_.speed_window()));
  }
}

int ClientLoop::milliseconds_to_wait(Clock::time_point now) const {
  using std::chrono::milliseconds;
  constexpr milliseconds kIdle{60'000};
  constexpr milliseconds kBusy{250};
  constexpr milliseconds kNone{0};
  milliseconds wait = kIdle;
  if (!running_.empty()) wait = std::clamp(settings_.timeout / 4, milliseconds(1), kBusy);
  const auto until = [&wait, now, kNone](Clock::time_point time) {
    const auto left = std::chrono::ceil<milliseconds>(time - now);
    wait = std::clamp(left, kNone, wait);
  };
  if (!delayed_.empty()) until(delayed_.begin()->first);
  for (const auto& [origin, queue] : queues_) {
    if (const auto time = queue.wakes_at(now)) until(*time);
  }
  return static_cast<int>(wait.count());
}

}  // namespace ensure::net
