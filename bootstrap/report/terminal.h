#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "bootstrap/request.h"

namespace ensure::bootstrap {

/// Whether messages on stderr are coloured. `Color::kAuto`: if stderr is a terminal, `NO_COLOR` is
/// not set and `TERM` is not "dumb".
[[nodiscard]] bool use_color(Color wanted);

/// Whether stderr is a terminal whose cursor can be moved back.
[[nodiscard]] bool can_redraw();

struct TerminalSize {
  std::size_t columns;
  std::size_t rows;
};

/// The size of the terminal at stderr; 80 columns and 24 rows if it is unknown.
[[nodiscard]] TerminalSize terminal_size();

/// `text` between the escape sequences of a style ("1;31"), or as it is.
[[nodiscard]] std::string styled(std::string_view text, std::string_view style, bool color);

/// `text` with "****" for the passwords and tokens in its URLs. `base::Url` hides its own; this
/// function is for text that may contain a password but could not be parsed as a URL.
[[nodiscard]] std::string without_passwords(std::string_view text);

/// `text` as one line without passwords and terminal control characters (`base::printable`): names
/// and reasons come from untrusted sources.
[[nodiscard]] std::string visible(std::string_view text);

/// Like `visible`, shortened to a few hundred characters.
[[nodiscard]] std::string visible_in_short(std::string_view text);

/// Prints to stdout (data) or stderr (messages). A closed stdout is an error, a closed stderr is
/// not.
void print_data(std::string_view text);
/// Prints a line for people or programs. Escapes control characters if stdout is a terminal.
void print_data_line(std::string_view line);
/// Prints JSON, with the characters that a terminal would obey escaped.
void print_json_text(std::string_view json);
void print_message(std::string_view text);

}  // namespace ensure::bootstrap
