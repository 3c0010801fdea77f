#pragma once

#include <string>
#include <string_view>

/// One word of a shell that stands for exactly this text, which must not hold a line break.
namespace ensure::venv {

/// For POSIX shells, bash and zsh.
[[nodiscard]] std::string quote_for_posix(std::string_view text);

[[nodiscard]] std::string quote_for_fish(std::string_view text);

/// csh replaces "!" by earlier commands even within quotes.
[[nodiscard]] std::string quote_for_csh(std::string_view text);

/// PowerShell takes the typographic apostrophes for quotes, too.
[[nodiscard]] std::string quote_for_powershell(std::string_view text);

/// A raw string: `r#'...'#`, with more "#" than the text has in a row.
[[nodiscard]] std::string quote_for_nushell(std::string_view text);

}  // namespace ensure::venv
