#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Makes untrusted text safe for a terminal, for one line of a message, and for a POSIX shell.
namespace ensure::base {

/// `text` as one line without characters that a terminal obeys. Control characters (C0, DEL, C1),
/// line and paragraph separators, marks that change the writing direction, other invisible format
/// characters and bytes that are not UTF-8 become `\n`, `\t`, `\x1b` or `\u{202e}`.
[[nodiscard]] std::string printable(std::string_view text);

/// `text` if it has at most `most` bytes; otherwise its beginning and its end, with the number of
/// omitted bytes between them. Never cuts a character.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t most);

/// `json` with every character in a string that `printable` would escape replaced by `\uXXXX`. The
/// value stays the same.
[[nodiscard]] std::string printable_json(std::string_view json);

/// The number of characters (code points) of a text in UTF-8.
[[nodiscard]] std::size_t character_count(std::string_view text);

/// `word` quoted for the shell if necessary. Characters that `printable` would change become
/// escapes of printf(1), so that the user can copy the command from a terminal. That form loses
/// line ends at the end of the word.
[[nodiscard]] std::string shell_quoted(std::string_view word);

/// `word` as the output of printf(1), in which every character except letters, digits and `-./_` is
/// an octal escape: for a path that looks like a URL with a password (`user:name@`), which messages
/// would hide.
[[nodiscard]] std::string shell_escaped(std::string_view word);

}  // namespace ensure::base
