#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ensure::venv {

namespace fs = std::filesystem;

/// The facts about this process that the search for interpreters depends on. Tests describe other
/// surroundings.
struct Surroundings {
  std::vector<fs::path> search_path;                          ///< the absolute directories of PATH
  std::vector<fs::path> usual_directories;                    ///< searched when PATH has no answer
  fs::path current_directory;                                 ///< empty if it no longer exists
  std::map<std::string, std::string, std::less<>> variables;  ///< PYENV_ROOT and the like

  /// The value of a variable that is set and not empty.
  [[nodiscard]] std::optional<std::string> variable(std::string_view name) const;

  [[nodiscard]] static Surroundings of_this_process();
};

}  // namespace ensure::venv
