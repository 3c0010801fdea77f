#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace ensure::text {

/// Microseconds since 1970 in UTC of a date and time such as "2024-05-17T12:34:56.789012Z" (RFC
/// 3339; PEP 700 and PEP 751 ask for it). What is finer than a microsecond is cut off. Nothing
/// where `text` is none, or names a day that does not exist.
[[nodiscard]] std::optional<std::int64_t> parse_timestamp(std::string_view text);

}  // namespace ensure::text
