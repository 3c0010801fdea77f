#pragma once

#include <filesystem>
#include <optional>
#include <string>

/// Questions about files of others. "Cannot tell" counts as "no": an unreadable `.python-version`
/// is no reason to stop.
namespace ensure::venv {

namespace fs = std::filesystem;

[[nodiscard]] bool is_file(const fs::path& path);
[[nodiscard]] bool directory_exists(const fs::path& path);
[[nodiscard]] bool is_executable_file(const fs::path& path);
[[nodiscard]] bool is_same_file(const fs::path& left, const fs::path& right);

/// The content of a regular file; nullopt if it cannot be read.
[[nodiscard]] std::optional<std::string> read_if_readable(const fs::path& path);

}  // namespace ensure::venv
