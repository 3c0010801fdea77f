#include "installer/net/transfer/origin_queue.h"

#include <algorithm>

namespace ensure::net {

namespace {

/// RFC 9113, section 6.5.2, recommends that servers allow at least this many.
constexpr std::size_t kStreams = 100;

}  // namespace

void OriginQueue::add(Ticket ticket, Urgency urgency) {
  (urgency == Urgency::kNow ? urgent_ : later_).push_back(ticket);
}

void OriginQueue::hurry(Ticket ticket) {
  const auto found = std::ranges::find(later_, ticket);
  if (found == later_.end()) return;
  later_.erase(found);
  urgent_.push_back(ticket);
}

std::optional<Ticket> OriginQueue::take(TimePoint now) {
  if (now < paused_until_) return std::nullopt;
  const std::size_t limit = multiplexes_.value_or(false) ? kStreams : connections_;
  const bool is_urgent = !urgent_.empty();
  if (running_ >= (is_urgent ? limit : limit - limit / 4)) return std::nullopt;
  std::deque<Ticket>& queue = is_urgent ? urgent_ : later_;
  if (queue.empty()) return std::nullopt;
  const Ticket ticket = queue.front();
  queue.pop_front();
  ++running_;
  return ticket;
}

std::optional<OriginQueue::TimePoint> OriginQueue::wakes_at(TimePoint now) const {
  if (now >= paused_until_ || (urgent_.empty() && later_.empty())) return std::nullopt;
  return paused_until_;
}

}  // namespace ensure::net
