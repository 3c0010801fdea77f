#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ensure::venv {

namespace fs = std::filesystem;

/// The root directory of another system (`--root`). Paths are absolute, as that system sees them.
/// Links are followed as after chroot(2), so that nothing outside is ever read.
class TargetRoot {
 public:
  /// `directory` is its path on this system.
  explicit TargetRoot(fs::path directory);

  /// `path` with all links and ".." resolved; nullopt if it or a directory above it is missing.
  [[nodiscard]] std::optional<fs::path> resolve(const fs::path& path) const;

  /// Like `resolve`, but keeps a link in the last component.
  [[nodiscard]] std::optional<fs::path> resolve_directory_of(const fs::path& path) const;

  /// The path of a regular file on this system; nullopt if there is none.
  [[nodiscard]] std::optional<fs::path> find_file(const fs::path& path) const;

  [[nodiscard]] bool has_file(const fs::path& path) const { return find_file(path).has_value(); }
  [[nodiscard]] bool has_directory(const fs::path& path) const;
  [[nodiscard]] std::optional<std::string> read(const fs::path& path) const;
  [[nodiscard]] std::vector<std::string> list(const fs::path& path) const;

  /// The path on this system of a path without links.
  [[nodiscard]] fs::path on_this_system(const fs::path& resolved) const;

  [[nodiscard]] const fs::path& directory() const { return directory_; }

 private:
  fs::path directory_;
};

}  // namespace ensure::venv
