#include "bootstrap/command_words.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bootstrap/option_table.h"
#include "installer/base/error.h"
#include "installer/base/text.h"

namespace ensure::bootstrap {

namespace {

using base::Error;
using base::ExitCode;

/// Words of other versions and programs, and what to type instead.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kForeignCommands = {
    {{"lock", "`ensure --help` lists the commands"},
     {"bundle", "`ensure --help` lists the commands"},
     {"check", "`ensure --help` lists the commands"},
     {"help", "type `ensure --help`"},
     {"version", "type `ensure --version`"},
     {"install", "leave it out: `ensure --venv ENV REQUIREMENT` installs"},
     {"venv", "type `ensure --venv ENV`"},
     {"create", "type `ensure --venv ENV`"}}};

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

/// The same for words that are commands elsewhere.
void refuse_foreign_command(const std::string& word) {
  const auto* const found =
      std::ranges::find(kForeignCommands, word, [](const auto& entry) { return entry.first; });
  if (found == kForeignCommands.end()) return;
  throw Error(ExitCode::kUsage, "this version has no command `" + word + "`")
      .with_hint(std::string(found->second) + "; the project of that name is required as `" + word +
                 ">=0`");
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

void take_requirements(Request& request) {
  if (request.words.empty()) return;
  const std::string& first = request.words.front();
  refuse_foreign_command(first);
  if (const std::optional<std::string> hint = command_hint(request.words)) {
    throw Error(ExitCode::kUsage, "`" + first + "` is neither a command nor an option")
        .with_hint(*hint);
  }
  request.packages.words = std::move(request.words);
  request.words.clear();
}

}  // namespace ensure::bootstrap
