#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/base/path.h"

namespace ensure::venv {

/// What the search for interpreters takes from the process around it. A value, so that tests and
/// foreign roots can describe other surroundings.
struct Surroundings {
  std::vector<base::Path> search_path;    ///< the folders of PATH, absolute ones only
  std::vector<base::Path> usual_folders;  ///< searched when PATH has no answer
  base::Path current_folder;              ///< empty where it no longer exists
  std::map<std::string, std::string, std::less<>> variables;  ///< PYENV_ROOT and the like

  /// The value of a variable that is set and not empty.
  [[nodiscard]] std::optional<std::string> variable(std::string_view name) const;

  [[nodiscard]] static Surroundings of_this_process();
};

}  // namespace ensure::venv
