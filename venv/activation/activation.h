#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/base/path.h"

namespace ensure::venv {

/// The values in the activation scripts of an environment.
struct Activation {
  base::Path environment;             ///< absolute, without line breaks
  std::optional<std::string> prompt;  ///< instead of the name of the environment's directory
  std::string site_packages;          ///< relative: "lib/python3.12/site-packages"
  bool relocatable = false;           ///< the scripts find the environment by their own path
};

struct ActivationScript {
  std::string name;  ///< the file in `bin`
  std::string content;
};

/// The scripts for all shells. Path and prompt are quoted as each shell demands, and no script
/// shows the prompt in a way that expands it (CVE-2024-9287).
[[nodiscard]] std::vector<ActivationScript> activation_scripts(const Activation& activation);

/// The absolute path that a script for POSIX shells sets VIRTUAL_ENV to, whichever tool made it;
/// nullopt if it computes the path.
[[nodiscard]] std::optional<base::Path> activated_path(std::string_view content);

/// Whether `content` is a script that any version of ensure made for any environment.
[[nodiscard]] bool is_activation_script_of_ensure(std::string_view content);

/// Whether it is a script of ensure for POSIX shells that finds the environment by its own path.
[[nodiscard]] bool is_relocatable_activation_script(std::string_view content);

/// Each of these quotes `text` (without line breaks) as one word of a shell: POSIX shells, bash and
/// zsh; fish; csh, which replaces "!" by earlier commands even within quotes; PowerShell, which
/// takes typographic apostrophes for quotes; nushell, as a raw string with more "#" than the text
/// has.
[[nodiscard]] std::string quote_for_posix(std::string_view text);
[[nodiscard]] std::string quote_for_fish(std::string_view text);
[[nodiscard]] std::string quote_for_csh(std::string_view text);
[[nodiscard]] std::string quote_for_powershell(std::string_view text);
[[nodiscard]] std::string quote_for_nushell(std::string_view text);

}  // namespace ensure::venv
