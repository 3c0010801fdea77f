#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Text of strangers, made fit for a terminal and for one line of a message.
namespace ensure::base {

/// `text` as one line that a terminal shows and does not obey. Control characters (C0, DEL, C1),
/// line and paragraph separators, marks that change the writing direction, other invisible format
/// characters of that kind and bytes that are not UTF-8 become `\n`, `\t`, `\x1b` or `\u{202e}`.
[[nodiscard]] std::string printable(std::string_view text);

/// `text` where it has at most `most` bytes; else its beginning and its end, with the number of
/// bytes left out between them. Characters stay whole.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t most);

/// A JSON text with the characters that `printable` escapes, and that JSON allows in strings, as
/// `\uXXXX`: another spelling of the same value.
[[nodiscard]] std::string printable_json(std::string_view json);

/// The number of characters (code points) of a text in UTF-8.
[[nodiscard]] std::size_t character_count(std::string_view text);

}  // namespace ensure::base
