#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "installer/net/http_client.h"

namespace ensure::net {

class ClientLoop;

/// From the caller to the client's thread, which runs it.
using Command = std::function<void(ClientLoop&)>;

// From the client's thread to the caller.
struct FinishedEvent {
  Ticket ticket;
  FetchResult result;
};
/// Asks the caller's thread to run the `keyring` command.
struct KeyringRequest {
  base::Url url;
  std::optional<std::string> user;
};
using Event = std::variant<FinishedEvent, KeyringRequest>;

/// Everything that the caller's and the client's thread share.
class Mailbox {
 public:
  /// `wake` makes the client's thread call `take_commands`; any thread may call it.
  explicit Mailbox(std::function<void()> wake) : wake_(std::move(wake)) {}

  void send(Command command);
  /// Ends the client's thread.
  void stop();
  /// The commands since the last call; nullopt after `stop`.
  [[nodiscard]] std::optional<std::vector<Command>> take_commands();

  void post(Event event);
  /// Waits for an event, at most for `timeout`.
  [[nodiscard]] std::optional<Event> take_event(std::chrono::milliseconds timeout);

 private:
  std::function<void()> wake_;
  std::mutex mutex_;
  std::condition_variable posted_;
  std::vector<Command> commands_;
  std::deque<Event> events_;
  bool stops_ = false;
};

}  // namespace ensure::net
