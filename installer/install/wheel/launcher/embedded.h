#pragma once

#include <string_view>

namespace ensure::install {

/// The program that starts the Python beside it with itself as the script (launcher.c), for this
/// processor; empty where there is none.
[[nodiscard]] std::string_view relocatable_launcher();

}  // namespace ensure::install
