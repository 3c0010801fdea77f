#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/base/path.h"

namespace ensure::venv {

/// The facts about this process that the search for interpreters depends on. Tests describe other
/// surroundings.
struct Surroundings {
  std::vector<base::Path> search_path;                        ///< the absolute directories of PATH
  std::vector<base::Path> usual_directories;                  ///< searched when PATH has no answer
  base::Path current_directory;                               ///< empty if it no longer exists
  std::map<std::string, std::string, std::less<>> variables;  ///< PYENV_ROOT and the like

  /// The value of a variable that is set and not empty.
  [[nodiscard]] std::optional<std::string> variable(std::string_view name) const;

  [[nodiscard]] static Surroundings of_this_process();
};

}  // namespace ensure::venv
