#pragma once

#include <cstddef>
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

/// Calls `visit` with each line of `text`, ended by "\n", "\r\n" or "\r"; the last one may lack its
/// end. Stops when `visit` returns false.
template <class Visit>
void for_each_line(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const std::size_t end = text.find_first_of("\r\n");
    if (!visit(text.substr(0, end)) || end == std::string_view::npos) return;
    text.remove_prefix(end + (text.substr(end, 2) == "\r\n" ? 2 : 1));
  }
}

/// The lines of `text`, ended by "\n", "\r\n" or "\r"; the last one may lack its end.
[[nodiscard]] std::vector<std::string_view> split_lines(std::string_view text);

[[nodiscard]] std::string join(const std::vector<std::string>& parts, std::string_view separator);

[[nodiscard]] std::string replace_all(std::string text, std::string_view from, std::string_view to);

/// The length in bytes of the UTF-8 sequence at the start of `text`, which must not be empty; 0 if
/// it is malformed.
[[nodiscard]] std::size_t utf8_length(std::string_view text);

/// Whether `text` is well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms).
[[nodiscard]] bool is_utf8(std::string_view text);

/// The candidate nearest to a mistyped `word` by edit distance, for "did you mean"; nullopt if more
/// than a third of the letters differ from every candidate.
[[nodiscard]] std::optional<std::string> nearest(std::string_view word,
                                                 const std::vector<std::string>& candidates);

}  // namespace ensure::base
