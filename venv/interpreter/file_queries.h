#pragma once

#include <optional>
#include <string>

#include "installer/base/path.h"

/// Questions about files of others. "Cannot tell" counts as "no": an unreadable `.python-version`
/// is no reason to stop.
namespace ensure::venv {

[[nodiscard]] bool is_file(const base::Path& path);
[[nodiscard]] bool directory_exists(const base::Path& path);
[[nodiscard]] bool is_executable_file(const base::Path& path);
[[nodiscard]] bool is_same_file(const base::Path& left, const base::Path& right);

/// The content of a regular file; nullopt if it cannot be read.
[[nodiscard]] std::optional<std::string> read_if_readable(const base::Path& path);

}  // namespace ensure::venv
