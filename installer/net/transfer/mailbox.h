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

#include "installer/net/credentials/netrc.h"
#include "installer/net/http_client.h"

namespace ensure::net {

// From the caller to the client's thread.
struct StartCommand {
  Ticket ticket;
  Request request;
  std::shared_ptr<BodySink> sink;
};
struct HurryCommand {
  Ticket ticket;
};
struct KeyringAnswer {
  base::Url url;
  std::optional<std::string> user;
  std::optional<Credentials> credentials;
};
using Command = std::variant<StartCommand, HurryCommand, KeyringAnswer>;

// From the client's thread to the caller.
struct FinishedEvent {
  Ticket ticket;
  FetchResult outcome;
};
/// The caller's thread runs the `keyring` command.
struct KeyringQuestion {
  base::Url url;
  std::optional<std::string> user;
};
using Event = std::variant<FinishedEvent, KeyringQuestion>;

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
