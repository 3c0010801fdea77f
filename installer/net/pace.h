#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace ensure::net {

/// Whether bytes arrive fast enough, judged over one window of time after the other.
class Pace {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// To be called now and then, with the bytes that have arrived since the beginning. Whether a
  /// window has passed with fewer than `rate` bytes per second.
  [[nodiscard]] bool is_too_slow(TimePoint now, std::uint64_t received, std::uint64_t rate,
                                 std::chrono::milliseconds window);
  /// Begins a new window with the next call: the time until then does not count.
  void restart() { begin_.reset(); }

 private:
  std::optional<TimePoint> begin_;
  std::uint64_t before_ = 0;  ///< what had arrived when the window began
};

}  // namespace ensure::net
