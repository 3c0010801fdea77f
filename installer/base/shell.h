#pragma once

#include <string>
#include <string_view>

/// Words of commands that messages tell the user to run in a POSIX shell.
namespace ensure::base {

/// `word` quoted for the shell if necessary. Characters that `printable` would change become
/// escapes of printf(1), so that the user can copy the command from a terminal. That form loses
/// line ends at the end of the word.
[[nodiscard]] std::string shell_quoted(std::string_view word);

/// `word` as the output of printf(1), in which every character except letters, digits and `-./_` is
/// an octal escape: for a path that looks like a URL with a password (`user:name@`), which messages
/// would hide.
[[nodiscard]] std::string shell_escaped(std::string_view word);

}  // namespace ensure::base
