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

/// A version manager (pyenv, asdf, mise): a directory of installed Pythons, and "shims", small
/// programs on PATH that start one of them. Shims are never run: the files that the manager reads
/// name the Python that they start.
struct VersionManager {
  std::string name;                   ///< "pyenv", "asdf", "mise"
  base::Path installations;           ///< one directory for each version below
  std::vector<std::string> selected;  ///< the selected versions, in order; "system" is ignored

  /// The manager whose shim the program `path` is; nullopt for an ordinary program.
  [[nodiscard]] static std::optional<VersionManager> of_shim(const base::Path& path,
                                                             const Surroundings& surroundings);

  /// The managers that variables such as PYENV_ROOT name.
  [[nodiscard]] static std::vector<VersionManager> announced(const Surroundings& surroundings);

  /// The directories of the selected versions that are installed; "3.12" is the newest 3.12.x.
  [[nodiscard]] std::vector<base::Path> selected_installations() const;

  /// The directories of all installed versions, the newest first.
  [[nodiscard]] std::vector<base::Path> all_installations() const;
};

}  // namespace ensure::venv
