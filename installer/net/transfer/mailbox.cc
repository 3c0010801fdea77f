#include "installer/net/transfer/mailbox.h"

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

std::optional<Event> Mailbox::take_event(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  posted_.wait_for(lock, timeout, [this] { return !events_.empty(); });
  if (events_.empty()) return std::nullopt;
  Event event = std::move(events_.front());
  events_.pop_front();
  return event;
}

}  // namespace ensure::net
