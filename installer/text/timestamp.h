#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace ensure::text {

/// Microseconds since 1970 in UTC of a date and time such as "2024-05-17T12:34:56.789012Z" (RFC
/// 3339, which PEP 700 and PEP 751 require). Fractions of a microsecond are cut off. Returns
/// nullopt for any other text, and for a day that does not exist.
[[nodiscard]] std::optional<std::int64_t> parse_timestamp(std::string_view text);

}  // namespace ensure::text
