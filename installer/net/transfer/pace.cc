#include "installer/net/transfer/pace.h"

namespace ensure::net {

bool Pace::is_too_slow(TimePoint now, std::uint64_t received, std::uint64_t rate,
                       std::chrono::milliseconds window) {
  constexpr std::uint64_t kSecond = 1000;
  if (begin_ && now - *begin_ < window) return false;
  const auto wanted = rate * static_cast<std::uint64_t>(window.count()) / kSecond;
  const bool is_slow = begin_ && received - before_ < wanted;
  begin_ = now;
  before_ = received;
  return is_slow;
}

}  // namespace ensure::net
