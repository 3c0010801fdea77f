#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bootstrap/request.h"

namespace ensure::bootstrap {

/// A setting in the form of an option: "--index-url" and its value, and where it was found.
struct Setting {
  std::string option;
  std::string value;
  std::string source;  ///< a path, or "PIP_INDEX_URL"
};

/// The keys and values of a section of a configuration file of pip (the format of Python's
/// `configparser`). Lines that are none are passed over.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> read_section(
    std::string_view text, std::string_view section);

/// What pip's configuration files and PIP_* variables say about indexes, servers and the choice of
/// packages, weakest first. Settings that are about other things are not ours.
[[nodiscard]] std::vector<Setting> pip_settings();

/// Takes settings into the request. Throws `Error` (`kUsage`) that names the source of one that
/// cannot be read.
void apply_settings(Request& request, const std::vector<Setting>& settings);

}  // namespace ensure::bootstrap
