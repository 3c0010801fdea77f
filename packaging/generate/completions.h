#pragma once

#include <string>

/// Completion scripts for shells, generated from the option table.
namespace ensure::generate {

[[nodiscard]] std::string bash_completion();
[[nodiscard]] std::string zsh_completion();
[[nodiscard]] std::string fish_completion();

}  // namespace ensure::generate
