#pragma once

#include <chrono>
#include <optional>

/// When a request is sent again. Pure: the clock and chance are the caller's.
namespace ensure::net {

/// Why an attempt gave no usable answer.
struct Trouble {
  enum class Kind {
    kStatus,       ///< the server answered, with `status`
    kResolve,      ///< the name of the host is not known
    kConnect,      ///< nobody answers there, or not in time
    kTimeout,      ///< nothing arrived for too long over a connection
    kInterrupted,  ///< the connection broke, or the answer is not well-formed HTTP
    kFinal,        ///< asking again would not help: a wrong certificate, too many bytes
  };
  Kind kind;
  int status = 0;
  std::optional<std::chrono::seconds> retry_after = std::nullopt;
};

struct RetryLimits {
  unsigned retries = 5;  ///< besides the first attempt
  /// What a request waits in all because servers asked for it; a server that asks for more than
  /// is left of it gets no further attempt.
  std::chrono::seconds retry_after_total{60};
};

/// What one request went through so far.
struct RetryHistory {
  unsigned attempts = 1;  ///< those without progress, the last one included
  std::chrono::milliseconds waited_for_server{0};
};

/// Whether a server that answers with this status may answer otherwise a moment later.
[[nodiscard]] bool is_passing_status(int status);

/// How long to wait before the next attempt; none where there is to be none. The delays double from
/// 0.2 s to at most 8 s, and `chance`, from 0 to 1, takes off up to half so that many clients do
/// not come back at once. A host that is unknown or not there is asked at most twice more, and
/// soon: without a network, the error should not take long.
[[nodiscard]] std::optional<std::chrono::milliseconds> delay_before_retry(
    const RetryLimits& limits, const RetryHistory& history, const Trouble& trouble, double chance);

}  // namespace ensure::net
