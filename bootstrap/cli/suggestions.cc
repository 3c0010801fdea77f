#include "bootstrap/cli/suggestions.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include "installer/base/printable.h"
#include "installer/base/text.h"

namespace ensure::bootstrap {
namespace {

using base::Error;
using base::ExitCode;
using Words = std::vector<std::string>;

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

/// The command `name` of the target, such as "env/bin/name".
std::string suggested_program(const Request& request, const std::string& name) {
  if (!request.environments.empty()) {
    return base::shell_quoted((request.environments.front() / "bin" / name).text());
  }
  return request.names_target() ? name : "ENV/bin/" + name;
}

/// The command line for the pip of the target: "env/bin/pip" and `words`.
std::string suggested_pip_line(const Request& request, const std::vector<std::string>& words) {
  const std::string line = line_of(suggested_program(request, "pip"), words);
  return line.size() <= kMaximumLength ? line : suggested_program(request, "pip") + " ...";
}

/// A command of another tool, or of a later version, and the hint for it. In a line
/// that begins with ENSURE or PIP, the options of the command line are inserted. Placeholders:
///   REST    the words after the command
///   WORDS   the last word of the command, and the words after it
///   VENVS   `--venv` for each word after the command
///   REMOVED `--remove` for each word after the command
///   FILES   `-r` for each word after the command, by default `-r pyproject.toml`
struct Command {
  std::string_view words;
  std::string_view hint;
  bool is_later = false;
};

constexpr std::string_view kInstall = "type `ENSURE REST`";
constexpr std::string_view kCreate = "type `ENSURE VENVS`";
constexpr std::string_view kUpgrade = "type `ENSURE --upgrade REST`";
constexpr std::string_view kRun = "run";  // see `Hint::run_hint`
constexpr std::string_view kPip = "type `PIP WORDS`";
constexpr std::string_view kRemove = "type `ENSURE REMOVED`";

constexpr auto kCommands = std::to_array<Command>({
    {"install", kInstall},
    {"add", kInstall},
    {"sync", "type `ENSURE --sync FILES`"},
    {"venv", kCreate},
    {"create", kCreate},
    {"init", kCreate},
    {"self",
     "type `ENSURE --upgrade` to upgrade pip; to update `ensure` itself, replace its "
     "executable"},
    {"update", kUpgrade},
    {"upgrade", kUpgrade},
    {"tool run", kRun},
    {"tool install", kRun},
    {"run", kRun},
    {"exec", kRun},
    {"list", "type `ENSURE list`"},
    {"freeze", kPip},
    {"show", kPip},
    {"uninstall", kRemove},
    {"remove", kRemove},
    {"python install",
     "type `ensure python list` to list the Pythons of this machine; `ensure` does not "
     "install any"},
    {"help", "type `ensure --help`"},
    {"version", "type `ensure --version`"},
    {"lock", "type `PIP freeze` to list the installed versions", true},
    {"bundle",
     "type `PIP wheel -w DIR REQUIREMENT` to collect wheels, and install them with "
     "`--no-index --find-links DIR`",
     true},
    {"check", "type `PIP check` to check the dependencies of the installed packages", true},
    {"verify", "type `ENSURE --require-hashes -r FILE` to verify digests while installing", true},
    {"tree", "type `PIP inspect` to list the installed packages and their requirements", true},
});

/// Commands that count only after `pip`: projects, or commands of `ensure`, have the same names.
constexpr std::array<std::string_view, 11> kCommandsOfPip = {
    "check", "lock",    "download", "wheel", "config", "cache",
    "index", "inspect", "search",   "hash",  "debug"};

/// Tools whose names people type before a command.
constexpr std::array<std::string_view, 11> kTools = {
    "pip", "pip3", "uv", "python", "python3", "poetry", "pdm", "pipx", "pipenv", "conda", "hatch"};

/// Options of other tools, several with one meaning in a row, and the hint for them.
struct ForeignOptions {
  std::string_view names;  ///< with a blank around each
  std::string_view hint;
};

constexpr auto kForeignOptions = std::to_array<ForeignOptions>({
    {" --seed ", "leave it out: an environment has pip unless you give `--without-pip`"},
    {" --no-seed --no-pip ", "write `--without-pip`"},
    {" --no-setuptools --no-wheel ", "leave it out: an environment has no such package"},
    {" --force-reinstall --ignore-installed -I ", "write `--reinstall`"},
    {" --reinstall-package ", "write `--reinstall`, and name only that package"},
    {" --allow-existing ", "leave it out: an existing environment is changed"},
    {" --default-index --pypi-url ", "write `--index-url URL`"},
    {" --index ", "write `--index-url URL`, and `--extra-index-url URL` for further ones"},
    {" --no-cache-dir ", "write `--no-cache`"},
    {" --refresh ", "leave it out: the index is asked in each run whether its pages have changed"},
    {" --upgrade-strategy ",
     "leave it out: `--upgrade` takes the newest versions of what is named and of its "
     "dependencies"},
    {" --always-copy --no-symlinks ", "write `--copies`"},
    {" --no-compile ", "leave it out: packages are compiled only with `--compile-bytecode`"},
    {" --compile ", "write `--compile-bytecode`"},
    {" --no-input --yes -y --no-prompt ", "leave it out: `ensure` never asks"},
    {" --uninstall ", "write `--remove NAME`"},
    {" -V ", "write `--version`"},
    {" --no-python-downloads --no-download --no-periodic-update --managed-python ",
     "leave it out: `ensure` downloads no Python and no pip"},
    {" --progress-bar --no-progress ", "leave it out: progress is shown on a terminal only"},
    {" --exact ", "write `--sync`"},
    {" --no-build ", "leave it out: sources are built only with `--build-sdists`"},
    {" --use-pep517 --no-use-pep517 ", "leave it out: every build uses PEP 517"},
    {" --no-build-isolation ", "leave it out: every build is isolated"},
    {" --only-group --dev --only-dev ", "write `--group NAME` without `-r` and `-e`"},
    {" --system ", "write `--python SPEC` to name an interpreter"},
    {" --prerelease ", "write `--pre`"},
    {" --allow-insecure-host ", "write `--trusted-host HOST`"},
    {" --native-tls --system-certs ", "leave it out: the system's certificates are always trusted"},
    {" --no-config --isolated ",
     "set PIP_CONFIG_FILE=/dev/null to ignore pip's configuration files"},
    {" --activators ", "leave it out: the scripts for all shells are created"},
    {" --creator --seeder --app-data ", "leave it out: there is one way to create an environment"},
    {" --uploaded-prior-to ", "write `--exclude-newer WHEN`"},
});

/// A command that was found among the words of the command line.
struct Found {
  Words typed;  ///< including the names of tools: "pip", "install"
  Words rest;   ///< the words after the command
  Command command;
};

std::optional<Found> find_command(const Words& words) {
  for (std::size_t begin = 0; begin < words.size(); ++begin) {
    const auto found_at = [&](const Command& command, std::size_t length) {
      const auto end = words.begin() + static_cast<std::ptrdiff_t>(begin + length);
      return Found{Words(words.begin(), end), Words(end, words.end()), command};
    };
    const bool is_of_pip = begin > 0 && words[begin - 1].starts_with("pip");
    if (is_of_pip && std::ranges::find(kCommandsOfPip, words[begin]) != kCommandsOfPip.end()) {
      return found_at({words[begin], kPip}, 1);
    }
    const std::string pair = begin + 1 < words.size() ? words[begin] + ' ' + words[begin + 1] : "";
    for (const Command& command : kCommands) {
      if (command.words == pair) return found_at(command, 2);
      if (command.words == words[begin]) return found_at(command, 1);
    }
    if (std::ranges::find(kTools, words[begin]) == kTools.end()) break;
  }
  return std::nullopt;
}

/// Finds `python -m MODULE`: a module to run, not a requirement.
std::optional<Found> find_module(const OptionArguments& arguments) {
  const Words& words = arguments.words;
  if (words.empty() || std::ranges::find(arguments.unknown, "-m") == arguments.unknown.end()) {
    return std::nullopt;
  }
  if (std::optional<Found> found = find_command(words)) return found;
  const std::size_t begin = words.size() > 1 && words.front().starts_with("python") ? 1 : 0;
  const std::string& module = words[begin];
  const bool creates = module == "venv" || module == "virtualenv";
  if (!creates && module != "pip" && module != "ensurepip") return std::nullopt;
  const auto end = words.begin() + static_cast<std::ptrdiff_t>(begin) + 1;
  return Found{
      Words(words.begin(), end), Words(end, words.end()), {module, creates ? kCreate : kInstall}};
}

/// Replaces the lines and placeholders of a hint.
class Hint {
 public:
  Hint(const Request& request, OptionArguments arguments, const Found& found)
      : request_(request), arguments_(std::move(arguments)), found_(found) {
    // `ensure` has no option `-m`: it belongs to `python -m pip`.
    std::erase(arguments_.written, "-m");
  }

  [[nodiscard]] std::string text() const {
    if (found_.command.hint == kRun) return run_hint();
    std::string text;
    bool is_line = false;
    for (const std::string_view part : base::split(found_.command.hint, '`')) {
      text += is_line ? "`" + line(part) + "`" : std::string(part);
      is_line = !is_line;
    }
    return text;
  }

 private:
  [[nodiscard]] std::string line(std::string_view pattern) const {
    const std::string_view program = pattern.substr(0, pattern.find(' '));
    if (program != "ENSURE" && program != "PIP") return std::string(pattern);
    Words added;
    Words words;
    for (const std::string_view word : base::split(pattern.substr(program.size() + 1), ' ')) {
      add(word, added, words);
    }
    if (program == "ENSURE") return suggested_line(request_, arguments_, added, words);
    added.insert(added.end(), words.begin(), words.end());
    return suggested_pip_line(request_, added);
  }

  void add(std::string_view word, Words& added, Words& words) const {
    const Words& rest = found_.rest;
    if (word == "REST") {
      words = rest;
    } else if (word == "WORDS") {
      added.emplace_back(found_.command.words);
      words = rest;
    } else if (word == "VENVS") {
      for (const std::string& environment : rest) {
        added.insert(added.end(), {"--venv", environment});
      }
    } else if (word == "REMOVED") {
      for (const std::string& name : rest) added.insert(added.end(), {"--remove", name});
    } else if (word == "FILES") {
      const bool by_default = rest.empty() && request_.packages.empty();
      for (const std::string& file : by_default ? Words{"pyproject.toml"} : rest) {
        added.insert(added.end(), {"-r", file});
      }
    } else if ((word != "--upgrade" || !request_.upgrade) &&
               (word != "--sync" || !request_.packages.sync)) {
      added.emplace_back(word);
    }
  }

  [[nodiscard]] std::string run_hint() const {
    const auto ensure = [this](const Words& added, const Words& words) {
      return "type `" + suggested_line(request_, arguments_, added, words) + "`";
    };
    if (found_.rest.empty()) return ensure({}, {"REQUIREMENT"});
    const std::string& program = found_.rest.front();
    if (program.ends_with(".py")) {
      return ensure({"-r", program}, {}) + ", then `" + suggested_program(request_, "python") +
             " " + program + "`";
    }
    return ensure({}, {program}) + ", then `" + suggested_program(request_, program) + "`";
  }

  const Request& request_;
  OptionArguments arguments_;
  const Found& found_;
};

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

std::string pip_command(const Request& request, const base::Path& python) {
  if (!request.environments.empty()) return suggested_program(request, "pip");
  return python.empty() ? "pip" : base::shell_quoted(python.text()) + " -m pip";
}

std::string_view foreign_option_hint(std::string_view name) {
  const std::string word = ' ' + std::string(name) + ' ';
  for (const ForeignOptions& options : kForeignOptions) {
    if (options.names.find(word) != std::string_view::npos) return options.hint;
  }
  return {};
}

bool names_module(const OptionArguments& arguments) { return find_module(arguments).has_value(); }

std::optional<Error> foreign_command(const Request& request, const OptionArguments& arguments) {
  std::optional<Found> found = find_module(arguments);
  const bool is_module = found.has_value();
  if (!found) found = find_command(request.words);
  if (!found) return std::nullopt;
  const std::string typed = (is_module ? "-m " : "") + base::join(found->typed, " ");
  const std::string message = found->command.is_later
                                  ? "the command `" + typed + "` is not available yet"
                                  : "`" + typed + "` is not a command of `ensure`";
  std::string hint = Hint(request, arguments, *found).text();
  if (!is_module) hint += "; write the project of that name as `" + found->typed.back() + ">=0`";
  return Error(ExitCode::kUsage, message).with_hint(std::move(hint));
}

}  // namespace ensure::bootstrap
