#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bootstrap/request.h"
#include "installer/base/path.h"

namespace ensure::bootstrap {

/// A setting in the form of an option: "--index-url" and its value, and where it was found.
struct Setting {
  std::string option;
  std::string value;   ///< of a flag: "yes" or "no"
  std::string source;  ///< a path, or "PIP_INDEX_URL"
};

/// The keys and values of a section of a configuration file of pip (the format of Python's
/// `configparser`). Throws `Error` (`kUsage`) for a line, in whatever section, that is none.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> read_section(
    std::string_view text, std::string_view section);

/// What pip's configuration files and PIP_* variables say about indexes, servers and the choice of
/// packages. Settings that are about other things are not ours. Of several about one option only
/// the strongest is there, also where an option may be given more than once: weakest are the
/// `[global]` sections of all files, then their `[install]` sections, then the variables. Of the
/// files the machine's are weaker than the user's (which do not count where `PIP_CONFIG_FILE`
/// names one), then that of the environment at `environment` (empty: none), then that one.
[[nodiscard]] std::vector<Setting> pip_settings(const base::Path& environment);

/// What ENSURE_* variables say; an empty variable counts as not set.
[[nodiscard]] std::vector<Setting> own_settings();

/// Takes pip's settings into the request, and then our own, which stand in for pip's about the
/// same options. Throws `Error` (`kUsage`) that names the source of one that cannot be read.
void apply_settings(Request& request, const std::vector<Setting>& of_pip,
                    const std::vector<Setting>& own);

}  // namespace ensure::bootstrap
