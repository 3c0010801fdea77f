#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace ensure::net {

/// A date as HTTP writes it, in any of its three forms (RFC 9110, section 5.6.7): "Sun, 06 Nov 1994
/// 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994". None where it is no
/// such date. The name of the day is not looked at.
[[nodiscard]] std::optional<std::chrono::sys_seconds> try_parse_http_date(std::string_view text);

/// How long a `Retry-After` header asks to wait (RFC 9110, section 10.2.3): a number of seconds, or
/// a date, of which nothing is left where it has passed. None where it is neither.
[[nodiscard]] std::optional<std::chrono::seconds> try_parse_retry_after(
    std::string_view text, std::chrono::sys_seconds now);

}  // namespace ensure::net
