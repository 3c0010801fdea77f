#include "installer/net/transfer/mailbox.h"

#include <chrono>

namespace ensure::net {

void Mailbox::send(Command command) {
  bool was_empty = false;
  {
    const std::scoped_lock lock(mutex_);
    was_empty = commands_.empty();
    commands_.push_back(std::move(command));
  }
  if (was_empty) wake_();
}

void Mailbox::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stops_ = true;
  }
  wake_();
}

std::optional<std::vector<Command>> Mailbox::take_commands() {
  const std::scoped_lock lock(mutex_);
  if (stops_) return std::nullopt;
  return std::exchange(commands_, {});
}

void Mailbox::post(Event event) {
  {
    const std::scoped_lock lock(mutex_);
    events_.push_back(std::move(event));
  }
  posted_.notify_one();
}

std::optional<Event> Mailbox::take_event_locked() {
  if (events_.empty()) return std::nullopt;
  Event event = std::move(events_.front());
  events_.pop_front();
  return event;
}

std::optional<Event> Mailbox::wait_for_event() {
  // A signal does not end the waiting, so the caller has to look for one now and then.
  constexpr std::chrono::milliseconds kMoment{50};
  std::unique_lock lock(mutex_);
  posted_.wait_for(lock, kMoment, [this] { return !events_.empty(); });
  return take_event_locked();
}

std::optional<Event> Mailbox::take_event() {
  const std::scoped_lock lock(mutex_);
  return take_event_locked();
}

void Mailbox::add(const Traffic& traffic) {
  const std::scoped_lock lock(mutex_);
  traffic_.requests += traffic.requests;
  traffic_.attempts += traffic.attempts;
  traffic_.connections += traffic.connections;
  traffic_.bytes += traffic.bytes;
}

Traffic Mailbox::traffic() const {
  const std::scoped_lock lock(mutex_);
  return traffic_;
}

}  // namespace ensure::net
