#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace ensure::bootstrap {

/// The moment that a user names to ignore what was uploaded at or after it, in microseconds since
/// 1970 in UTC. Nullopt if `text` has none of these forms:
///
/// - a day, `2026-11-25` or `20261125`: the end of that day in UTC;
/// - a moment of RFC 3339, also without seconds, with `+0100` for `+01:00`, or without an offset
///   for UTC;
/// - how long before `now` (in the same unit): `3 days`, `24h`, `1 week 2 days`, or a duration of
///   ISO 8601 without years and months, `P3D`.
[[nodiscard]] std::optional<std::int64_t> parse_cutoff(std::string_view text, std::int64_t now);

}  // namespace ensure::bootstrap
