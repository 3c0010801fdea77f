#pragma once

#include <string>
#include <string_view>

#include "bootstrap/request.h"

namespace ensure::bootstrap {

/// Whether messages on stderr are coloured. `Color::kAuto`: if stderr is a terminal, `NO_COLOR` is
/// not set and `TERM` is not "dumb".
[[nodiscard]] bool use_color(Color wanted);

/// Whether stderr is a terminal whose cursor can be moved back.
[[nodiscard]] bool can_redraw();

/// `text` between the escape sequences of a style ("1;31"), or as it is.
[[nodiscard]] std::string styled(std::string_view text, std::string_view style, bool color);

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
