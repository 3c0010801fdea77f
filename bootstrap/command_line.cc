#include "bootstrap/command_line.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <cstdlib>

#include "bootstrap/option_table.h"
#include "bootstrap/pip_settings.h"
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

/// Takes the command that the words begin with; the words behind it are left. Options may stand
/// anywhere.
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

bool is_true(std::string_view value) {
  const std::string lower = base::to_lower(value);
  return lower == "1" || lower == "true" || lower == "yes" || lower == "on";
}

/// CLI11's spelling of "-q, --quiet" is "-q,--quiet".
std::string cli_names(const OptionInfo& option) {
  return base::replace_all(std::string(option.names), ", ", ",");
}

void declare_options(CLI::App& app, Request& request) {
  app.set_help_flag();
  for (const OptionInfo& option : option_table()) {
    const auto apply = option.apply;
    if (option.argument.empty()) {
      app.add_flag_callback(cli_names(option), [apply, &request] { apply(request, {}); })
          ->trigger_on_parse()
          ->disable_flag_override();
    } else {
      app.add_option_function<std::string>(
             cli_names(option),
             [apply, &request](const std::string& value) { apply(request, value); })
          ->trigger_on_parse();
    }
  }
  app.add_option("WORD", request.words);
}

Error unknown_option(const std::string& word) {
  Error error(ExitCode::kUsage, "there is no option `" + word + "`");
  std::vector<std::string> names;
  for (const OptionInfo& option : option_table()) names.emplace_back(option.long_name());
  const std::optional<std::string> near = base::nearest(word.substr(0, word.find('=')), names);
  return std::move(error).with_hint(near ? "did you mean `" + *near + "`?"
                                         : "`ensure --help` lists the options");
}

/// Runs CLI11 and turns its complaints into ours.
void parse_options(CLI::App& app, std::vector<std::string> arguments) {
  std::ranges::reverse(arguments);  // as CLI11 wants a vector
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::ExtrasError&) {
    for (const std::string& word : app.remaining()) {
      if (word.starts_with('-')) throw unknown_option(word);
    }
    throw Error(ExitCode::kUsage, "an argument is not understood")
        .with_hint("`ensure --help` lists what can be given");
  } catch (const CLI::ParseError& error) {
    throw Error(ExitCode::kUsage, error.what()).with_hint("`ensure --help` lists the options");
  }
}

void refuse(bool contradiction, const std::string& message, const std::string& hint) {
  if (contradiction) throw Error(ExitCode::kUsage, message).with_hint(hint);
}

void check_targets(const Request& request) {
  const bool interpreter_option = request.user || request.root || request.prefix ||
                                  request.target || request.altinstall || request.default_pip;
  refuse(!request.environments.empty() && interpreter_option,
         "`--venv` goes with none of `--user`, `--root`, `--prefix`, `--target`, `--altinstall` "
         "and `--default-pip`",
         "an environment always has its own pip; give `--venv` alone, or leave it out");
  refuse(request.altinstall && request.default_pip,
         "`--altinstall` and `--default-pip` contradict each other",
         "give `--altinstall` for pip3.X alone, or `--default-pip` for pip, pip3 and pip3.X");
  const int places = (request.user ? 1 : 0) + (request.prefix ? 1 : 0) + (request.target ? 1 : 0);
  refuse(places > 1, "only one of `--user`, `--prefix` and `--target` can be given",
         "choose one place for pip");
  refuse(request.user && request.root.has_value(), "`--user` and `--root` contradict each other",
         "the user's folder is outside of the root; leave one of them out");
}

void check_environments(const Request& request) {
  const bool environment_option = request.system_site_packages || request.copies || request.clear ||
                                  request.without_pip || request.relocatable ||
                                  request.prompt.has_value() || request.upgrade_deps;
  refuse(request.environments.empty() && environment_option,
         "an option that is about an environment is given, but no environment", "add `--venv ENV`");
  refuse(request.clear && request.upgrade, "`--clear` and `--upgrade` contradict each other",
         "give `--clear` to start anew, or `--upgrade` to keep what is there");
  refuse(!request.environments.empty() && (request.python_version || request.python_platform),
         "`--python-version` and `--python-platform` describe a Python that cannot run here, and "
         "an environment needs one that can",
         "choose the interpreter with `--python`");
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

/// The words are requirements where they are no command.
void take_requirements(Request& request) {
  if (request.words.empty()) return;
  const std::optional<std::string> hint = command_hint(request.words);
  refuse(hint.has_value(), "`" + request.words.front() + "` is neither a command nor an option",
         hint.value_or(""));
  request.packages.words = std::move(request.words);
  request.words.clear();
}

void check_words(const Request& request) {
  if (request.command == Command::kPythonFind) {
    refuse(request.words.size() != 1, "`ensure python find` takes exactly one SPEC",
           "for example `ensure python find 3.12`");
  } else if (request.command != Command::kInstall && !request.words.empty()) {
    refuse(true, "`" + request.words.front() + "` is one word too many",
           "`ensure --help` lists what can be given");
  }
  refuse(request.command != Command::kInstall && !request.environments.empty(),
         "`--venv` goes with no command", "give `--venv ENV` alone to make an environment");
}

/// Settings, variables and the command line, the strongest last.
Request read(const std::vector<Setting>& settings, std::vector<std::string> arguments) {
  Request request;
  apply_settings(request, settings, own_settings());
  CLI::App app;
  declare_options(app, request);
  parse_options(app, std::move(arguments));
  take_command(request);
  if (request.command == Command::kInstall) take_requirements(request);
  return request;
}

/// Whether pip's settings count: the offline job reads none of them.
bool reads_settings(const Request& request) {
  switch (request.command) {
    case Command::kInstall:
      return !request.packages.empty() || request.upgrade_deps;
    case Command::kCacheDir:
    case Command::kCacheSize:
    case Command::kCachePrune:
    case Command::kCacheClean:
      return true;
    default:
      return false;
  }
}

/// The environment that may have settings for the pip in it; what is cleared tells nothing.
std::filesystem::path environment_of(const Request& request) {
  if (request.environments.empty() || request.clear) return {};
  return request.environments.front();
}

}  // namespace

Request parse_command_line(const std::vector<std::string>& arguments) {
  Request request = read({}, arguments);
  if (reads_settings(request)) request = read(pip_settings(environment_of(request)), arguments);
  if (request.command == Command::kHelp || request.command == Command::kVersion) return request;
  check_targets(request);
  check_environments(request);
  check_words(request);
  return request;
}

bool wants_json(const std::vector<std::string>& arguments) {
  const char* variable = std::getenv("ENSURE_JSON");
  return std::ranges::find(arguments, "--json") != arguments.end() ||
         (variable != nullptr && is_true(variable));
}

std::string help_text() {
  constexpr std::size_t kColumn = 30;
  std::string text = "ensure makes a working Python environment be there.\n\nUsage:\n";
  for (const CommandInfo& command : command_table()) {
    text.append("  ensure ").append(command.synopsis).append("\n      ");
    text.append(command.help).append("\n");
  }
  std::string_view group;
  for (const OptionInfo& option : option_table()) {
    if (option.group != group) {
      group = option.group;
      text.append("\n").append(group).append(":\n");
    }
    std::string left = "  " + std::string(option.names);
    if (!option.argument.empty()) left.append(" ").append(option.argument);
    if (left.size() + 2 > kColumn) {
      left += "\n" + std::string(kColumn, ' ');
    } else {
      left.resize(kColumn, ' ');
    }
    text.append(left).append(option.help).append("\n");
  }
  text +=
      "\nEvery option can be set by a variable, too: --lock-timeout by ENSURE_LOCK_TIMEOUT.\n"
      "Exit codes: 0 the target is as asked, 1 other, 2 usage, 3 no usable interpreter,\n"
      "4 no solution, 5 network, 6 refused, 7 verification failed, 8 file system,\n"
      "9 locked by another process, 130 interrupted, 143 terminated.\n";
  return text;
}

}  // namespace ensure::bootstrap
