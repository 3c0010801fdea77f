#pragma once

#include <curl/curl.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "installer/base/error.h"
#include "installer/base/url.h"
#include "installer/net/transfer/retry_policy.h"

namespace ensure::net {

/// Why an attempt ended without an answer.
struct Failure {
  Trouble::Kind kind;
  std::string reason;  ///< for people, without a URL
  std::string hint;
};

/// What libcurl's code means. `detail` is its own message on the case, and `trusted` names the
/// store of certificates.
[[nodiscard]] Failure failure_of(CURLcode code, std::string_view detail, const base::Url& url,
                                 const std::string& trusted);

/// Nothing arrived for this long.
[[nodiscard]] Failure timeout_failure(bool connected, std::chrono::milliseconds timeout);

/// The failure of a transfer that received fewer than `rate` bytes per second over `window`.
[[nodiscard]] Failure slowness_failure(std::uint64_t rate, std::chrono::milliseconds window);

/// The error after `attempts` attempts.
[[nodiscard]] base::Error error_of(const Failure& failure, const base::Url& url, unsigned attempts);

}  // namespace ensure::net
