#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace ensure::net {

/// Measures over successive windows of time whether bytes arrive fast enough.
class Pace {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// Returns whether a window has passed with fewer than `rate` bytes per second. Call it
  /// repeatedly, with the bytes `received` since the beginning of the transfer.
  [[nodiscard]] bool is_too_slow(TimePoint now, std::uint64_t received, std::uint64_t rate,
                                 std::chrono::milliseconds window);
  /// Begins a new window with the next call of `is_too_slow`; the time until then does not count.
  void restart() { begin_.reset(); }

 private:
  std::optional<TimePoint> begin_;
  std::uint64_t before_ = 0;  ///< bytes received before the window began
};

}  // namespace ensure::net
