#include "bootstrap/pip_command.h"

#include <algorithm>

#include "installer/base/text.h"

namespace ensure::bootstrap {

namespace {

bool is_plain(char letter) {
  const std::string_view marks = "%+,-./:=@_";
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || marks.find(letter) != std::string_view::npos;
}

}  // namespace

std::string shell_quoted(std::string_view word) {
  if (!word.empty() && std::ranges::all_of(word, is_plain)) return std::string(word);
  return "'" + base::replace_all(std::string(word), "'", "'\\''") + "'";
}

std::string pip_command(const Request& request, const std::filesystem::path& python) {
  if (!request.environments.empty()) {
    return shell_quoted((request.environments.front() / "bin/pip").native());
  }
  return python.empty() ? "pip" : shell_quoted(python.native()) + " -m pip";
}

}  // namespace ensure::bootstrap
