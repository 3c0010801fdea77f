#pragma once

#include <optional>
#include <string>
#include <vector>

#include "installer/base/path.h"
#include "venv/discovery/surroundings.h"

namespace ensure::venv {

/// A version manager (pyenv, asdf, mise): a folder of installed Pythons, and "shims", small
/// programs on PATH that start one of them. Shims are never run: which Python they stand for is
/// read from the files that the manager itself reads.
struct VersionManager {
  std::string name;                   ///< "pyenv", "asdf", "mise"
  base::Path installations;           ///< one folder for each version below
  std::vector<std::string> selected;  ///< what is chosen here and now, in order; "system" is none

  /// The manager that the program `path` is a shim of; none where it is an ordinary program.
  [[nodiscard]] static std::optional<VersionManager> of_shim(const base::Path& path,
                                                             const Surroundings& surroundings);

  /// The managers that variables such as PYENV_ROOT announce.
  [[nodiscard]] static std::vector<VersionManager> announced(const Surroundings& surroundings);

  /// The folders of the selected versions that are installed; "3.12" is the newest 3.12.x.
  [[nodiscard]] std::vector<base::Path> selected_installations() const;

  /// The folders of all installed versions, the newest first.
  [[nodiscard]] std::vector<base::Path> all_installations() const;
};

}  // namespace ensure::venv
