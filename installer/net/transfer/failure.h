#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "installer/base/error.h"
#include "installer/base/url.h"
#include "installer/net/settings.h"

/// Why a request failed, and when it is sent again. Nothing here reads the clock.
namespace ensure::net {

enum class FailureKind {
  kStatus,       ///< the server answered with an error status
  kResolve,      ///< the name of the host is unknown
  kConnect,      ///< there is no connection, or not in time
  kTimeout,      ///< no data arrived for too long
  kInterrupted,  ///< the connection broke, or the response is malformed
  kFinal,        ///< a retry would not help: a wrong certificate, too many bytes
};

/// Why one attempt failed.
struct Failure {
  FailureKind kind;
  // NOLINTBEGIN(readability-redundant-member-init): so that initializers may leave them out
  std::string reason = {};  ///< for messages, without a URL
  std::string hint = {};
  // NOLINTEND(readability-redundant-member-init)
  int status = 0;
  std::optional<std::chrono::seconds> retry_after = std::nullopt;
};

/// The meaning of a `CURLcode`. `detail` is libcurl's own message, and `trusted` describes the
/// trusted certificates.
[[nodiscard]] Failure failure_of(int curl_code, std::string_view detail, const base::Url& url,
                                 const std::string& trusted);

/// No data arrived for this long.
[[nodiscard]] Failure timeout_failure(bool connected, std::chrono::milliseconds timeout);

/// Fewer than `rate` bytes per second arrived over `window`.
[[nodiscard]] Failure slowness_failure(std::uint64_t rate, std::chrono::milliseconds window);

/// The error after `attempts` attempts.
[[nodiscard]] base::Error error_of(const Failure& failure, const base::Url& url, unsigned attempts);

/// The history of a request.
struct RetryHistory {
  unsigned attempts = 1;  ///< those without progress, the last one included
  std::chrono::milliseconds waited_for_server{0};
};

/// Whether a server that answers with this status may answer otherwise a moment later.
[[nodiscard]] bool is_passing_status(int status);

/// How long to wait before the next attempt; nullopt if there should be none. The delays double
/// from 0.2 s to at most 8 s; `chance`, from 0 to 1, takes off up to half, so that many clients do
/// not return at once. An unknown or unreachable host gets at most two more attempts, after short
/// delays: without a network, the error should come soon.
[[nodiscard]] std::optional<std::chrono::milliseconds> delay_before_retry(
    const RetryLimits& limits, const RetryHistory& history, const Failure& failure, double chance);

}  // namespace ensure::net
