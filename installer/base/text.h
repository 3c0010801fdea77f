#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Plain text, byte-wise and without a locale: only ASCII letters and blanks are special.
namespace ensure::base {

[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] std::string to_lower(std::string_view text);

/// The parts of `text` between separators; "a,,b" has three. An empty text has one, empty part.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);

/// The lines of `text`, ended by "\n", "\r\n" or "\r"; the last one may lack its end.
[[nodiscard]] std::vector<std::string_view> split_lines(std::string_view text);

[[nodiscard]] std::string join(const std::vector<std::string>& parts, std::string_view separator);

[[nodiscard]] std::string replace_all(std::string text, std::string_view from, std::string_view to);

/// Whether `text` is well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms).
[[nodiscard]] bool is_utf8(std::string_view text);

/// The candidate nearest to a mistyped `word` by edit distance, for "did you mean"; none where
/// nothing is near (more than a third of the letters differ).
[[nodiscard]] std::optional<std::string> nearest(std::string_view word,
                                                 const std::vector<std::string>& candidates);

}  // namespace ensure::base
