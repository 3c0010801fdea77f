#include "bootstrap/cli/suggested_line.h"

#include <cstddef>
#include <string_view>

#include "installer/base/printable.h"

namespace ensure::bootstrap {

namespace {

/// The longest line that a message repeats.
constexpr std::size_t kMaximumLength = 300;

/// The argument with "****" in place of a possible password: everything from the scheme, or the
/// start of the value, to the last "@", if a ":" precedes that.
std::string without_password(const std::string& argument) {
  const std::size_t at = argument.rfind('@');
  const std::size_t colon = argument.find(':');
  if (at == std::string::npos || colon > at) return argument;
  const std::size_t scheme = argument.find("://");
  if (scheme != std::string::npos) {
    const std::size_t begin = scheme + 3;
    return begin > at ? argument : argument.substr(0, begin) + "****" + argument.substr(at);
  }
  const bool is_option = argument.starts_with('-');
  const std::size_t begin = is_option ? argument.find('=') + 1 : 0;
  return argument.substr(0, begin) + "****" + argument.substr(at);
}

/// Appends `words` to `line`, quoted. `line` itself may contain placeholders such as "ENV".
std::string line_of(std::string line, const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    line += ' ' + base::shell_quoted(without_password(word));
  }
  return line;
}

}  // namespace

std::string suggested_line(const Request& request, const OptionArguments& arguments,
                           const std::vector<std::string>& added,
                           const std::vector<std::string>& words) {
  std::string begin = "ensure";
  const bool adds_environment = !added.empty() && added.front() == "--venv";
  if (!request.names_target() && !adds_environment) begin += " --venv ENV";
  const std::string line = line_of(line_of(line_of(begin, added), arguments.written), words);
  return line.size() <= kMaximumLength ? line : begin + " REQUIREMENT ...";
}

std::string suggested_pip_line(const Request& request, const std::vector<std::string>& words) {
  const std::string line = line_of(suggested_program(request, "pip"), words);
  return line.size() <= kMaximumLength ? line : suggested_program(request, "pip") + " ...";
}

std::string pip_command(const Request& request, const base::Path& python) {
  if (!request.environments.empty()) return suggested_program(request, "pip");
  return python.empty() ? "pip" : base::shell_quoted(python.text()) + " -m pip";
}

std::string suggested_program(const Request& request, const std::string& name) {
  if (!request.environments.empty()) {
    return base::shell_quoted((request.environments.front() / "bin" / name).text());
  }
  return request.names_target() ? name : "ENV/bin/" + name;
}

}  // namespace ensure::bootstrap
