#include "bootstrap/cli/command_words.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bootstrap/cli/foreign_commands.h"
#include "bootstrap/cli/option_table.h"
#include "installer/base/error.h"
#include "installer/base/text.h"

namespace ensure::bootstrap {

namespace {

using base::Error;
using base::ExitCode;

/// The words of a command, such as "python" and "list".
std::vector<std::string> words_of(const CommandInfo& command) {
  std::vector<std::string> words;
  for (const std::string_view word : base::split(command.name, ' ')) words.emplace_back(word);
  return words;
}

/// What words that look like a command, and are none, may have meant; none for requirements.
std::optional<std::string> command_hint(const std::vector<std::string>& words) {
  std::vector<std::string> names;
  bool begins_like_one = false;
  for (const CommandInfo& command : command_table()) {
    if (command.name.empty()) continue;
    names.emplace_back(command.name);
    begins_like_one |= words_of(command).front() == words.front();
  }
  const std::size_t count = std::min<std::size_t>(words.size(), 2);
  const auto end = words.begin() + static_cast<std::ptrdiff_t>(count);
  const std::optional<std::string> near =
      base::nearest(base::join({words.begin(), end}, " "), names);
  if (near) return "did you mean `ensure " + *near + "`?";
  return begins_like_one ? std::optional<std::string>("`ensure --help` lists the commands")
                         : std::nullopt;
}

}  // namespace

void take_command(Request& request) {
  for (const CommandInfo& command : command_table()) {
    const std::vector<std::string> words = words_of(command);
    if (command.name.empty() || request.words.size() < words.size() ||
        !std::equal(words.begin(), words.end(), request.words.begin())) {
      continue;
    }
    request.words.erase(request.words.begin(),
                        request.words.begin() + static_cast<std::ptrdiff_t>(words.size()));
    if (request.command == Command::kInstall) request.command = command.command;
    return;
  }
}

void take_requirements(Request& request, const OptionArguments& arguments) {
  if (request.words.empty()) return;
  const std::string& first = request.words.front();
  if (const std::optional<Error> error = foreign_command(request, arguments)) throw Error(*error);
  if (const std::optional<std::string> hint = command_hint(request.words)) {
    throw Error(ExitCode::kUsage, "`" + first + "` is neither a command nor an option")
        .with_hint(*hint);
  }
  request.packages.words = std::move(request.words);
  request.words.clear();
}

}  // namespace ensure::bootstrap
