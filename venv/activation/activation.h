#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/base/path.h"

namespace ensure::venv {

/// What the activation scripts of an environment tell a shell.
struct Activation {
  base::Path environment;             ///< absolute, without line breaks
  std::optional<std::string> prompt;  ///< instead of the name of the environment's folder
  std::string site_packages;          ///< relative: "lib/python3.12/site-packages"
  bool relocatable = false;           ///< the scripts find the environment by their own place
};

struct ActivationScript {
  std::string name;  ///< the file in `bin`
  std::string content;
};

/// The scripts for all shells. Whatever path and prompt are, they stay text there: each is quoted
/// as its shell demands, and nothing shows the prompt in a way that expands it (CVE-2024-9287).
[[nodiscard]] std::vector<ActivationScript> activation_scripts(const Activation& activation);

/// Whether `content` is that of one of our scripts, of any version and for any environment.
[[nodiscard]] bool is_activation_script_of_ensure(std::string_view content);

/// Whether it is one of ours, for POSIX shells, that finds the environment by its own place.
[[nodiscard]] bool is_relocatable_activation_script(std::string_view content);

}  // namespace ensure::venv
