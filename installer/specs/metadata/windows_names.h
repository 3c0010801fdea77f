#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ensure::specs {

/// The reason why Windows creates no file at this relative path, or one with another name ("Naming
/// Files, Paths, and Namespaces" of its documentation); completes "`path` ...". Empty for a path
/// that Windows keeps as it is.
[[nodiscard]] std::string_view windows_path_problem(std::string_view path);

/// Two of these relative paths that Windows cannot keep apart, because they differ only by the case
/// of ASCII letters, or because a file has the name of a directory.
[[nodiscard]] std::optional<std::pair<std::string, std::string>> windows_collision(
    const std::vector<std::string>& paths);

}  // namespace ensure::specs
