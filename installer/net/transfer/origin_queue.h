#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "installer/net/http_client.h"

namespace ensure::net {

/// The waiting requests to one origin, and the number of running ones.
///
/// A server with HTTP/2 takes many over one connection. With HTTP/1.1, and before the first
/// handshake is done, as many may run as there may be connections, so that none waits inside
/// libcurl, where an urgent one could not overtake it.
class OriginQueue {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// At least one connection is used.
  explicit OriginQueue(std::size_t connections)
      : connections_(std::max<std::size_t>(connections, 1)) {}

  void add(Ticket ticket, Urgency urgency);
  /// Makes a waiting request urgent.
  void hurry(Ticket ticket);

  /// Removes the request to start now; nullopt if none waits or enough are running. A quarter of
  /// the limit is reserved for urgent ones.
  [[nodiscard]] std::optional<Ticket> take(TimePoint now);
  /// A request from `take` is complete, or waits again.
  void release() { --running_; }

  /// Starts nothing until then, because the server asked to wait.
  void pause_until(TimePoint time) { paused_until_ = std::max(paused_until_, time); }
  /// The end of the pause, if a request waits for it.
  [[nodiscard]] std::optional<TimePoint> wakes_at(TimePoint now) const;

  /// The number of bytes received from this origin.
  [[nodiscard]] std::uint64_t received() const { return received_; }
  void note_received(std::uint64_t bytes) { received_ += bytes; }

  [[nodiscard]] bool knows_protocol() const { return multiplexes_.has_value(); }
  void set_multiplexes(bool multiplexes) { multiplexes_ = multiplexes; }

 private:
  std::size_t connections_;
  std::optional<bool> multiplexes_;
  std::deque<Ticket> urgent_;
  std::deque<Ticket> later_;
  std::size_t running_ = 0;
  std::uint64_t received_ = 0;
  TimePoint paused_until_ = TimePoint::min();
};

}  // namespace ensure::net
