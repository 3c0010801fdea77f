#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bootstrap/request.h"
#include "installer/base/path.h"

namespace ensure::bootstrap {

/// An option that a configuration file or a variable sets.
struct Setting {
  std::string option;  ///< "--index-url"
  std::string value;   ///< "yes" or "no" for a flag
  std::string source;  ///< a path, or "PIP_INDEX_URL"
};

/// The keys and values of a section of a pip configuration file (the format of Python's
/// `configparser`). Throws `Error` (`kUsage`) for an invalid line in any section.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> read_section(
    std::string_view text, std::string_view section);

/// The settings of pip's configuration files and PIP_* variables for indexes, servers and the
/// choice of packages, one for each option: the strongest. The order, weakest first: the `[global]`
/// sections of all files, their `[install]` sections, the variables. The order of files: the
/// machine's, the user's (unless `PIP_CONFIG_FILE` names a file), that of the environment at
/// `environment` (may be empty), that of `PIP_CONFIG_FILE`.
[[nodiscard]] std::vector<Setting> pip_settings(const base::Path& environment);

/// The settings of ENSURE_* variables. An empty variable counts as not set.
[[nodiscard]] std::vector<Setting> own_settings();

/// Applies pip's settings to the request, then our own, which replace pip's for the same option.
/// Throws `Error` (`kUsage`) that names the source of an invalid one.
void apply_settings(Request& request, const std::vector<Setting>& of_pip,
                    const std::vector<Setting>& own);

}  // namespace ensure::bootstrap
