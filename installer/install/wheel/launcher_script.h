#pragma once

#include <string>
#include <string_view>

namespace ensure::install {

/// A program that starts the Python script appended to it, in the form of distlib's launchers: the
/// launcher, the line that names the interpreter, and a ZIP archive with `main` as `__main__.py`,
/// which Python runs as it lies.
[[nodiscard]] std::string launcher_script(std::string_view launcher, std::string_view shebang,
                                          std::string_view main);

}  // namespace ensure::install
