#pragma once

#include <string>
#include <string_view>

/// Words of commands that messages tell the user to run in a POSIX shell.
namespace ensure::base {

/// The word as the shell reads it back, quoted where it has to be. What `printable` would change
/// comes as escapes of printf(1), so that the command survives a terminal and copying. Line ends at
/// the end of the word are lost in that form.
[[nodiscard]] std::string shell_quoted(std::string_view word);

/// The same with each character escaped that is not a letter, a digit or one of `-./_`: for a word
/// that could be taken for something else, such as a path with `user:name@` for a URL.
[[nodiscard]] std::string shell_escaped(std::string_view word);

}  // namespace ensure::base
