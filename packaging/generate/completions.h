#pragma once

#include <string>

/// What shells need to complete the words of `ensure`, made from the one option table.
namespace ensure::generate {

[[nodiscard]] std::string bash_completion();
[[nodiscard]] std::string zsh_completion();
[[nodiscard]] std::string fish_completion();

}  // namespace ensure::generate
