#include "bootstrap/cli/command_line.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <cstdlib>

#include "bootstrap/cli/command_words.h"
#include "bootstrap/cli/foreign_commands.h"
#include "bootstrap/cli/option_arguments.h"
#include "bootstrap/cli/option_table.h"
#include "bootstrap/cli/pip_settings.h"
#include "bootstrap/cli/suggested_line.h"
#include "bootstrap/cli/usage_errors.h"
#include "bootstrap/packages/contradictions.h"
#include "installer/base/error.h"
#include "installer/base/text.h"

namespace ensure::bootstrap {

namespace {

using base::Error;
using base::ExitCode;

bool is_true(std::string_view value) {
  const std::string lower = base::to_lower(value);
  return lower == "1" || lower == "true" || lower == "yes" || lower == "on";
}

/// CLI11's spelling of "-q, --quiet" is "-q,--quiet".
std::string cli_names(const OptionInfo& option) {
  return base::replace_all(std::string(option.names), ", ", ",");
}

/// Whether some word may be this option; letters may stand in a cluster, such as "-qv".
bool may_be_given(const OptionInfo& option, const std::vector<std::string>& arguments) {
  if (!option.names.starts_with("--")) return true;
  return std::ranges::any_of(
      arguments, [&](const std::string& word) { return word.starts_with(option.long_name()); });
}

/// CLI11 compares each new option with all before it: a third of a millisecond if all were declared
/// every time.
void declare_options(CLI::App& app, const std::vector<std::string>& arguments, Request& request,
                     UsageErrors& errors) {
  app.set_help_flag();
  for (const OptionInfo& option : option_table()) {
    if (!may_be_given(option, arguments)) continue;
    const auto apply = option.apply;
    if (option.argument.empty()) {
      app.add_flag_callback(cli_names(option), [apply, &request] { apply(request, {}); })
          ->trigger_on_parse()
          ->disable_flag_override();
    } else {
      app.add_option_function<std::string>(cli_names(option),
                                           [apply, &request, &errors](const std::string& value) {
                                             errors.attempt([&] { apply(request, value); });
                                           })
          ->trigger_on_parse();
    }
  }
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
void parse_options(CLI::App& app, std::vector<std::string> arguments, UsageErrors& errors) {
  std::ranges::reverse(arguments);  // as CLI11 wants a vector
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::ExtrasError&) {
    for (const std::string& word : app.remaining()) {
      if (word.starts_with('-')) errors.add(unknown_option(word));
    }
    if (errors.empty()) {
      errors.add("an argument is not understood", "`ensure --help` lists what can be given");
    }
  } catch (const CLI::ParseError& error) {
    errors.add(error.what(), "`ensure --help` lists the options");
  }
}

void check_words(const Request& request, UsageErrors& errors) {
  if (request.command == Command::kPythonFind) {
    errors.add_if(request.words.size() != 1, "`ensure python find` takes exactly one SPEC",
                  "for example `ensure python find 3.12`");
  } else if (request.command != Command::kInstall && !request.words.empty()) {
    errors.add("unexpected argument `" + request.words.front() + "`",
               "`ensure --help` lists what can be given");
  }
  errors.add_if(request.command != Command::kInstall && !request.environments.empty(),
                "`--venv` goes with no command", "give `--venv ENV` alone to make an environment");
}

/// Settings, variables and the command line, the strongest last.
Request read(const std::vector<Setting>& settings, const OptionArguments& arguments,
             UsageErrors& errors) {
  Request request;
  apply_settings(request, settings, own_settings());
  request.has_default_python = request.python.has_value();
  std::vector<std::string> options = arguments.options;
  // `take_requirements` handles `-m` of `python -m pip`, together with the words after it.
  if (names_module(arguments)) std::erase(options, "-m");
  CLI::App app;
  declare_options(app, options, request, errors);
  parse_options(app, std::move(options), errors);
  request.words = arguments.words;
  take_command(request);
  // The words may be values of what was not understood.
  if (request.command == Command::kInstall && errors.empty()) take_requirements(request, arguments);
  return request;
}

/// Adds an error if the request names no target: `ensure` never changes an interpreter only because
/// it is the first on PATH.
void check_target(const Request& request, const OptionArguments& arguments, UsageErrors& errors) {
  if (request.command != Command::kInstall || request.names_target()) return;
  errors.add(request.has_default_python
                 ? "no target is named: ENSURE_PYTHON only chooses the Python of an environment"
                 : "no target is named",
             "type `" + suggested_line(request, arguments, {}, request.packages.words) +
                 "` for an environment, or name another target with `--python SPEC`, `--user`, "
                 "`--root DIR`, `--prefix DIR` or `--target DIR`");
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

/// The environment whose `pip.conf` counts; empty if there is none, or `--clear` removes it.
base::Path environment_of(const Request& request) {
  if (request.environments.empty() || request.clear) return {};
  return request.environments.front();
}

}  // namespace

Request parse_command_line(const std::vector<std::string>& arguments) {
  UsageErrors errors;
  const OptionArguments split = split_arguments(arguments, errors);
  Request request = read({}, split, errors);
  if (errors.empty()) check_target(request, split, errors);
  if (errors.empty() && reads_settings(request)) {
    request = read(pip_settings(environment_of(request)), split, errors);
  }
  if (request.command != Command::kHelp && request.command != Command::kVersion) {
    if (errors.empty()) check_words(request, errors);
    find_contradictions(request, errors);
  }
  errors.throw_if_any();
  request.packages_with_settings = [split, environment = environment_of(request)] {
    UsageErrors none;
    return read(pip_settings(environment), split, none).packages;
  };
  return request;
}

bool wants_json(const std::vector<std::string>& arguments) {
  const char* variable = std::getenv("ENSURE_JSON");
  return std::ranges::find(arguments, "--json") != arguments.end() ||
         (variable != nullptr && is_true(variable));
}

std::string help_text() {
  constexpr std::size_t kColumn = 30;
  std::string text = "ensure creates, repairs and fills Python environments.\n\nUsage:\n";
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
      "\nA variable can set each option, such as ENSURE_LOCK_TIMEOUT for --lock-timeout.\n"
      "An empty variable counts as not set. ENSURE_PYTHON chooses a Python and names no target.\n"
      "Exit codes: 0 the target is as requested, 1 other, 2 usage, 3 no usable interpreter,\n"
      "4 no solution, 5 network, 6 refused, 7 verification failed, 8 file system,\n"
      "9 locked by another process, 130 interrupted, 143 terminated.\n";
  return text;
}

}  // namespace ensure::bootstrap
