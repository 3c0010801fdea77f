#pragma once

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

/// What a client has done so far.
struct Traffic {
  std::uint64_t requests = 0;     ///< those that are over
  std::uint64_t attempts = 0;     ///< sent, redirects and retries included
  std::uint64_t connections = 0;  ///< opened
  std::uint64_t bytes = 0;        ///< of bodies, as they came over the wire
};

// From the caller to the client's thread.
struct StartCommand {
  Ticket ticket;
  Request request;
  std::shared_ptr<BodySink> sink;
};
struct HurryCommand {
  Ticket ticket;
};
/// `credentials` is none where the keyring has none.
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
/// The keyring is a process, which the caller's thread starts.
struct KeyringQuestion {
  base::Url url;
  std::optional<std::string> user;
};
using Event = std::variant<FinishedEvent, KeyringQuestion>;

/// All that the caller and the client's thread share.
class Mailbox {
 public:
  /// `wake` makes the client's thread look in here; callable from any thread.
  explicit Mailbox(std::function<void()> wake) : wake_(std::move(wake)) {}

  void send(Command command);
  /// The client's thread is to end.
  void stop();
  /// What was sent since the last time; none where the thread is to end.
  [[nodiscard]] std::optional<std::vector<Command>> take_commands();

  void post(Event event);
  /// Waits a moment; none where nothing was posted meanwhile.
  [[nodiscard]] std::optional<Event> wait_for_event();
  /// The same without waiting.
  [[nodiscard]] std::optional<Event> take_event();

  void add(const Traffic& traffic);
  [[nodiscard]] Traffic traffic() const;

 private:
  [[nodiscard]] std::optional<Event> take_event_locked();

  std::function<void()> wake_;
  mutable std::mutex mutex_;
  std::condition_variable posted_;
  std::vector<Command> commands_;
  std::deque<Event> events_;
  Traffic traffic_;
  bool stops_ = false;
};

}  // namespace ensure::net
