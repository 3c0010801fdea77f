#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "installer/net/http_client.h"

namespace ensure::net {

/// The requests to one origin: those that wait, and how many may be under way at a time.
///
/// A server with HTTP/2 takes many over one connection. With HTTP/1.1, and before the first
/// handshake tells, there are as many as there may be connections; so nothing waits inside curl,
/// where it could not be overtaken.
class OriginQueue {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// One connection at least.
  explicit OriginQueue(std::size_t connections)
      : connections_(std::max<std::size_t>(connections, 1)) {}

  void add(Ticket ticket, Urgency urgency);
  /// Moves a request that waits to the urgent ones; nothing happens where it does not wait.
  void hurry(Ticket ticket);

  /// Takes out the request to start now; none where none waits, or enough are under way. A quarter
  /// of what may be under way is kept free for urgent ones.
  [[nodiscard]] std::optional<Ticket> take(TimePoint now);
  /// One that was taken is over, or waits again.
  void release() { --under_way_; }

  /// Until then nothing is started, as the server asked to wait.
  void pause_until(TimePoint time) { paused_until_ = std::max(paused_until_, time); }
  /// When the pause ends, if something waits for that.
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
  std::size_t under_way_ = 0;
  std::uint64_t received_ = 0;
  TimePoint paused_until_ = TimePoint::min();
};

}  // namespace ensure::net
