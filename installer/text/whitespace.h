#pragma once

#include <string_view>

namespace ensure::text {

/// `text` without the whitespace at its ends, as Python's `str.strip` has it: what PEP 440 calls
/// whitespace is not ASCII alone. Bytes that are no UTF-8 are no whitespace.
[[nodiscard]] std::string_view strip_whitespace(std::string_view text);

/// `text` without the Python whitespace at its beginning, or at its end.
[[nodiscard]] std::string_view strip_leading_whitespace(std::string_view text);
[[nodiscard]] std::string_view strip_trailing_whitespace(std::string_view text);

/// Whether any character of `text` is Python whitespace.
[[nodiscard]] bool has_whitespace(std::string_view text);

}  // namespace ensure::text
