#include "venv/discovery/surroundings.h"

#include <array>
#include <cstdlib>

#include "installer/base/directory.h"
#include "installer/base/text.h"

namespace ensure::venv {

namespace {

constexpr std::array<const char*, 6> kVariables{"PYENV_ROOT",    "PYENV_VERSION",
                                                "ASDF_DATA_DIR", "ASDF_PYTHON_VERSION",
                                                "MISE_DATA_DIR", "MISE_PYTHON_VERSION"};

}  // namespace

std::optional<std::string> Surroundings::variable(std::string_view name) const {
  const auto found = variables.find(name);
  if (found == variables.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

Surroundings Surroundings::of_this_process() {
  Surroundings result;
  const char* path = std::getenv("PATH");
  for (const std::string_view directory : base::split(path == nullptr ? "" : path, ':')) {
    // An empty or relative entry would let the current directory decide which program runs.
    if (directory.starts_with('/')) result.search_path.emplace_back(directory);
  }
  result.usual_directories = {"/usr/local/bin", "/usr/bin"};
  result.current_directory = base::current_directory().value_or(base::Path());
  for (const char* name : kVariables) {
    const char* value = std::getenv(name);
    if (value != nullptr) result.variables.emplace(name, value);
  }
  return result;
}

}  // namespace ensure::venv
