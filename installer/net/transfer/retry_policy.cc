#include "installer/net/transfer/retry_policy.h"

#include <algorithm>
#include <array>

namespace ensure::net {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstDelay{200};
constexpr milliseconds kLongestDelay{8000};
constexpr unsigned kMostAttemptsToConnect = 3;

milliseconds back_off(unsigned attempts, double chance) {
  milliseconds delay = kFirstDelay;
  for (unsigned i = 1; i < attempts && delay < kLongestDelay; ++i) delay *= 2;
  delay = std::min(delay, kLongestDelay);
  const double part = 1.0 - std::clamp(chance, 0.0, 1.0) / 2;
  return milliseconds(static_cast<milliseconds::rep>(static_cast<double>(delay.count()) * part));
}

}  // namespace

bool is_passing_status(int status) {
  // 520 to 524 are what a well-known content delivery network says of the server behind it.
  constexpr std::array kPassing{408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524};
  return std::ranges::find(kPassing, status) != kPassing.end();
}

std::optional<milliseconds> delay_before_retry(const RetryLimits& limits,
                                               const RetryHistory& history, const Trouble& trouble,
                                               double chance) {
  if (history.attempts > limits.retries || trouble.kind == Trouble::Kind::kFinal) {
    return std::nullopt;
  }
  const milliseconds delay = back_off(history.attempts, chance);
  if (trouble.kind == Trouble::Kind::kResolve || trouble.kind == Trouble::Kind::kConnect) {
    if (history.attempts >= kMostAttemptsToConnect) return std::nullopt;
    return delay / 2;
  }
  if (trouble.kind != Trouble::Kind::kStatus) return delay;
  if (!is_passing_status(trouble.status)) return std::nullopt;
  if (!trouble.retry_after) return delay;
  if (history.waited_for_server + *trouble.retry_after > limits.retry_after_total) {
    return std::nullopt;
  }
  return std::max<milliseconds>(*trouble.retry_after, delay);
}

}  // namespace ensure::net
