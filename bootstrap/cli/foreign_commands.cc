#include "bootstrap/cli/foreign_commands.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bootstrap/cli/suggested_line.h"
#include "installer/base/text.h"

namespace ensure::bootstrap {

namespace {

using base::Error;
using base::ExitCode;
using Words = std::vector<std::string>;

enum class Meaning {
  kInstall,
  kSync,
  kCreate,
  kUpgrade,
  kRun,
  kPip,     ///< the pip of the target does it
  kRemove,  ///< `pip uninstall` does it
  kUpdateSelf,
  kInstallPython,
  kHelp,
  kVersion,
  kLock,
  kBundle,
  kCheck,
  kVerify,
  kTree,
};

struct Command {
  std::string_view words;
  Meaning meaning;
};

/// Commands of other tools and of later versions.
constexpr std::array kCommands{
    Command{"install", Meaning::kInstall},
    Command{"add", Meaning::kInstall},
    Command{"sync", Meaning::kSync},
    Command{"venv", Meaning::kCreate},
    Command{"create", Meaning::kCreate},
    Command{"init", Meaning::kCreate},
    Command{"self", Meaning::kUpdateSelf},
    Command{"update", Meaning::kUpgrade},
    Command{"upgrade", Meaning::kUpgrade},
    Command{"tool run", Meaning::kRun},
    Command{"tool install", Meaning::kRun},
    Command{"run", Meaning::kRun},
    Command{"exec", Meaning::kRun},
    Command{"list", Meaning::kPip},
    Command{"freeze", Meaning::kPip},
    Command{"show", Meaning::kPip},
    Command{"uninstall", Meaning::kRemove},
    Command{"remove", Meaning::kRemove},
    Command{"python install", Meaning::kInstallPython},
    Command{"help", Meaning::kHelp},
    Command{"version", Meaning::kVersion},
    Command{"lock", Meaning::kLock},
    Command{"bundle", Meaning::kBundle},
    Command{"check", Meaning::kCheck},
    Command{"verify", Meaning::kVerify},
    Command{"tree", Meaning::kTree},
};

/// Commands that count only after `pip`: projects, or commands of `ensure`, have the same names.
constexpr std::array kCommandsOfPip{
    Command{"check", Meaning::kPip},    Command{"lock", Meaning::kPip},
    Command{"download", Meaning::kPip}, Command{"wheel", Meaning::kPip},
    Command{"config", Meaning::kPip},   Command{"cache", Meaning::kPip},
    Command{"index", Meaning::kPip},    Command{"inspect", Meaning::kPip},
    Command{"search", Meaning::kPip},   Command{"hash", Meaning::kPip},
    Command{"debug", Meaning::kPip},
};

/// Tools whose names people type before a command.
constexpr std::array<std::string_view, 11> kTools = {
    "pip", "pip3", "uv", "python", "python3", "poetry", "pdm", "pipx", "pipenv", "conda", "hatch"};

/// A command that was found among the words of the command line.
struct Found {
  Words typed;  ///< including the names of tools: "pip", "install"
  Words command;
  Meaning meaning;
  Words rest;
};

Words words_of(std::string_view text) {
  Words words;
  for (const std::string_view word : base::split(text, ' ')) words.emplace_back(word);
  return words;
}

/// Whether `words` contains `command` at `begin`.
bool begins_with(const Words& words, std::size_t begin, const Words& command) {
  return words.size() - begin >= command.size() &&
         std::equal(command.begin(), command.end(),
                    words.begin() + static_cast<std::ptrdiff_t>(begin));
}

template <typename Table>
std::optional<Found> find_in(const Table& table, const Words& words, std::size_t begin) {
  for (const Command& entry : table) {
    Words command = words_of(entry.words);
    if (!begins_with(words, begin, command)) continue;
    const auto end = words.begin() + static_cast<std::ptrdiff_t>(begin + command.size());
    return Found{Words(words.begin(), end), std::move(command), entry.meaning,
                 Words(end, words.end())};
  }
  return std::nullopt;
}

std::optional<Found> find_command(const Words& words) {
  for (std::size_t begin = 0; begin < words.size(); ++begin) {
    const bool is_of_pip = begin > 0 && words[begin - 1].starts_with("pip");
    std::optional<Found> found;
    if (is_of_pip) found = find_in(kCommandsOfPip, words, begin);
    if (!found) found = find_in(kCommands, words, begin);
    if (found) return found;
    if (std::ranges::find(kTools, words[begin]) == kTools.end()) break;
  }
  return std::nullopt;
}

/// Finds `python -m MODULE`: a module to run, not a requirement.
std::optional<Found> find_module(const OptionArguments& arguments) {
  const Words& words = arguments.words;
  if (words.empty() || std::ranges::find(arguments.options, "-m") == arguments.options.end()) {
    return std::nullopt;
  }
  if (std::optional<Found> found = find_command(words)) return found;
  const std::size_t begin = words.size() > 1 && words.front().starts_with("python") ? 1 : 0;
  const bool creates = words[begin] == "venv" || words[begin] == "virtualenv";
  if (!creates && words[begin] != "pip" && words[begin] != "ensurepip") return std::nullopt;
  const auto end = words.begin() + static_cast<std::ptrdiff_t>(begin) + 1;
  return Found{Words(words.begin(), end),
               {words[begin]},
               creates ? Meaning::kCreate : Meaning::kInstall,
               Words(end, words.end())};
}

/// Writes the line to type for one command.
class Line {
 public:
  Line(const Request& request, OptionArguments arguments, Found found)
      : request_(request), arguments_(std::move(arguments)), found_(std::move(found)) {
    // `ensure` has no option `-m`: it belongs to `python -m pip`.
    std::erase(arguments_.written, "-m");
  }

  [[nodiscard]] std::string hint() const {
    switch (found_.meaning) {
      case Meaning::kInstall:
        return "type `" + line({}, found_.rest) + "`";
      case Meaning::kSync:
        return "type `" + sync_line() + "`";
      case Meaning::kCreate:
        return "type `" + create_line() + "`";
      case Meaning::kUpgrade:
        return "type `" + line(upgrade(), found_.rest) + "`";
      case Meaning::kRun:
        return run_hint();
      case Meaning::kPip:
        return "type `" + pip_line(found_.command.front()) + "`";
      case Meaning::kRemove:
        return "type `" + pip_line("uninstall") + "`";
      case Meaning::kUpdateSelf:
        return "type `" + line(upgrade(), {}) +
               "` to upgrade pip; to update `ensure`, replace its executable";
      case Meaning::kInstallPython:
        return "type `ensure python list` to list the Pythons of this machine; `ensure` installs "
               "none";
      default:
        return own_hint();
    }
  }

 private:
  /// For commands that `ensure` has under another name, or will have in a later version.
  [[nodiscard]] std::string own_hint() const {
    switch (found_.meaning) {
      case Meaning::kVersion:
        return "type `ensure --version`";
      case Meaning::kLock:
        return "type `" + pip({"freeze"}) + "` to list the versions that are installed";
      case Meaning::kBundle:
        return "type `" + pip({"wheel", "-w", "DIR", "REQUIREMENT"}) +
               "` to collect wheels, and install them with `--no-index --find-links DIR`";
      case Meaning::kCheck:
        return "type `" + pip({"check"}) + "` to check the dependencies of what is installed";
      case Meaning::kVerify:
        return "type `" + line({"--require-hashes", "-r", "FILE"}, {}) +
               "` to verify digests while installing";
      case Meaning::kTree:
        return "type `" + pip({"inspect"}) + "` to list what is installed and what it requires";
      default:
        return "type `ensure --help`";
    }
  }

  [[nodiscard]] std::string line(const Words& added, const Words& words) const {
    return suggested_line(request_, arguments_, added, words);
  }

  [[nodiscard]] std::string pip(const Words& words) const {
    return suggested_pip_line(request_, words);
  }

  [[nodiscard]] std::string pip_line(const std::string& command) const {
    Words words{command};
    words.insert(words.end(), found_.rest.begin(), found_.rest.end());
    return pip(words);
  }

  [[nodiscard]] Words upgrade() const { return request_.upgrade ? Words{} : Words{"--upgrade"}; }

  /// Other tools take the project's files as arguments, or pyproject.toml by default.
  [[nodiscard]] std::string sync_line() const {
    Words added;
    if (!request_.packages.sync) added.emplace_back("--sync");
    Words files = found_.rest;
    if (files.empty() && request_.packages.empty()) files.emplace_back("pyproject.toml");
    for (const std::string& file : files) added.insert(added.end(), {"-r", file});
    return line(added, {});
  }

  [[nodiscard]] std::string create_line() const {
    Words added;
    for (const std::string& environment : found_.rest) {
      added.insert(added.end(), {"--venv", environment});
    }
    return line(added, {});
  }

  [[nodiscard]] std::string run_hint() const {
    if (found_.rest.empty()) return "type `" + line({}, {"REQUIREMENT"}) + "`";
    const std::string& program = found_.rest.front();
    if (program.ends_with(".py")) {
      return "type `" + line({"-r", program}, {}) + "`, then `" +
             suggested_program(request_, "python") + " " + program + "`";
    }
    return "type `" + line({}, {program}) + "`, then `" + suggested_program(request_, program) +
           "`";
  }

  const Request& request_;
  OptionArguments arguments_;
  Found found_;
};

bool is_later(Meaning meaning) { return meaning >= Meaning::kLock; }

}  // namespace

bool names_module(const OptionArguments& arguments) { return find_module(arguments).has_value(); }

std::optional<Error> foreign_command(const Request& request, const OptionArguments& arguments) {
  std::optional<Found> found = find_module(arguments);
  const bool is_module = found.has_value();
  if (!found) found = find_command(request.words);
  if (!found) return std::nullopt;
  const std::string typed = (is_module ? "-m " : "") + base::join(found->typed, " ");
  const std::string last = found->command.back();
  const std::string message = is_later(found->meaning)
                                  ? "the command `" + typed + "` is not available yet"
                                  : "`" + typed + "` is not a command of `ensure`";
  std::string hint = Line(request, arguments, *std::move(found)).hint();
  if (!is_module) hint += "; a project of that name is written `" + last + ">=0`";
  return Error(ExitCode::kUsage, message).with_hint(std::move(hint));
}

}  // namespace ensure::bootstrap
