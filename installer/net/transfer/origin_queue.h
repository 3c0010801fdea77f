#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace ensure::net {

class Transfer;

/// The waiting requests to one origin, and the number of running ones.
///
/// A server with HTTP/2 takes many over one connection. With HTTP/1.1, and before the first
/// handshake is done, as many may run as there may be connections: libcurl serves those that wait
/// inside it in one queue for all servers, where one server can hold up the others.
class OriginQueue {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// At least one connection is used.
  explicit OriginQueue(std::size_t connections)
      : connections_(std::max<std::size_t>(connections, 1)) {}

  void add(Transfer& transfer) { waiting_.push_back(&transfer); }

  /// When `take` will return a request; nullopt if none waits or enough are running.
  [[nodiscard]] std::optional<TimePoint> ready_at() const {
    if (waiting_.empty() || running_ >= (multiplexes_ ? kStreams : connections_)) {
      return std::nullopt;
    }
    return paused_until_;
  }
  /// Removes the request to start now; null if there is none.
  [[nodiscard]] Transfer* take(TimePoint now) {
    if (ready_at().value_or(TimePoint::max()) > now) return nullptr;
    Transfer* const transfer = waiting_.front();
    waiting_.pop_front();
    ++running_;
    return transfer;
  }
  /// A request from `take` is complete, or waits again.
  void release() { --running_; }

  /// Starts nothing until then, because the server asked to wait.
  void pause_until(TimePoint time) { paused_until_ = std::max(paused_until_, time); }

  /// The number of bytes received from this origin, and when a request last received some.
  [[nodiscard]] std::uint64_t received() const { return received_; }
  [[nodiscard]] TimePoint active_since() const { return active_since_; }
  void note_progress(std::uint64_t bytes, TimePoint now) {
    received_ += bytes;
    active_since_ = now;
  }

  /// Whether the server speaks HTTP/2, so that requests share a connection.
  [[nodiscard]] bool multiplexes() const { return multiplexes_; }
  void set_multiplexes(bool multiplexes) { multiplexes_ = multiplexes; }

 private:
  /// RFC 9113, section 6.5.2, recommends that servers allow at least this many.
  static constexpr std::size_t kStreams = 100;

  std::size_t connections_;
  bool multiplexes_ = false;
  std::deque<Transfer*> waiting_;
  std::size_t running_ = 0;
  std::uint64_t received_ = 0;
  TimePoint active_since_ = TimePoint::min();
  TimePoint paused_until_ = TimePoint::min();
};

}  // namespace ensure::net
