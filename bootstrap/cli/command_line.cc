#include "bootstrap/cli/command_line.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "bootstrap/cli/pip_settings.h"
#include "bootstrap/cli/suggestions.h"
#include "bootstrap/cli/usage_errors.h"
#include "installer/base/error.h"
#include "installer/base/text.h"

namespace ensure::bootstrap {

namespace {

using base::Error;
using base::ExitCode;

/// Whether a separate argument is more likely an option than the value of the option before it.
bool looks_like_option(const std::string& argument) {
  return argument.starts_with("--") ||
         find_option(std::string_view(argument).substr(0, argument.find('='))) != nullptr;
}

/// Splits a command line by the option table; all arguments after "--" are words. If an option
/// needs a value and has none, an empty one, or another option in its place, adds an error and
/// leaves the option out: no option takes the next option for its value.
class Splitter {
 public:
  Splitter(const std::vector<std::string>& arguments, UsageErrors& errors)
      : arguments_(arguments), errors_(errors) {}

  OptionArguments split() {
    bool only_words = false;
    while (place_ < arguments_.size()) {
      const std::string& argument = arguments_[place_++];
      if (only_words || argument.size() < 2 || argument.front() != '-') {
        result_.words.push_back(argument);
      } else if (argument == "--") {
        only_words = true;
      } else if (argument.starts_with("--")) {
        take_long(argument);
      } else {
        take_short(argument);
      }
    }
    return std::move(result_);
  }

 private:
  void take_long(const std::string& argument) {
    const std::size_t equals = argument.find('=');
    const std::string name = argument.substr(0, equals);
    const OptionInfo* const option = find_option(name);
    if (option != nullptr && !option->argument.empty()) {
      if (equals == std::string::npos) return take_next_value(*option, name, argument);
      return take_value(*option, name, argument.substr(equals + 1), {argument});
    }
    if (option == nullptr) {
      result_.unknown.push_back(argument);
    } else if (equals != std::string::npos) {
      return errors_.add("`" + name + "` takes no value", "write `" + name + "`");
    } else {
      result_.options.push_back({option, {}});
    }
    result_.written.push_back(argument);
  }

  /// Letters of flags may stand before the one that takes a value: "-vp 3.12", "-vp3.12".
  void take_short(const std::string& argument) {
    for (std::size_t i = 1; i < argument.size(); ++i) {
      const std::string name = {'-', argument[i]};
      const OptionInfo* const option = find_option(name);
      if (option == nullptr) {
        result_.unknown.push_back('-' + argument.substr(i));
        break;
      }
      if (!option->argument.empty()) {
        std::string rest = argument.substr(i + 1);
        if (rest.empty()) return take_next_value(*option, name, argument);
        if (rest.front() == '=') rest.erase(0, 1);
        return take_value(*option, name, rest, {argument});
      }
      result_.options.push_back({option, {}});
    }
    result_.written.push_back(argument);
  }

  /// The value of the option `name`, which ends `argument`, is the next argument.
  void take_next_value(const OptionInfo& option, const std::string& name,
                       const std::string& argument) {
    if (place_ == arguments_.size()) {
      return errors_.add("`" + name + "` needs a value",
                         "write `" + name + " " + std::string(option.argument) + "`");
    }
    const std::string& value = arguments_[place_];
    if (!looks_like_option(value)) {
      ++place_;
      return take_value(option, name, value, {argument, value});
    }
    errors_.add(
        "`" + name + "` needs a value, and `" + value + "` looks like an option",
        "if it is the value, write `" + std::string(option.long_name()) + "=" + value + "`");
  }

  void take_value(const OptionInfo& option, const std::string& name, const std::string& value,
                  const std::vector<std::string>& written) {
    if (value.empty()) {
      return errors_.add("the value of `" + name + "` is empty",
                         "write `" + name + " " + std::string(option.argument) +
                             "`, or leave the option out; is a variable of the shell not set?");
    }
    result_.options.push_back({&option, value});
    result_.written.insert(result_.written.end(), written.begin(), written.end());
  }

  const std::vector<std::string>& arguments_;
  UsageErrors& errors_;
  std::size_t place_ = 0;
  OptionArguments result_;
};

Error unknown_option(const std::string& word) {
  Error error(ExitCode::kUsage, "unknown option `" + word + "`");
  const std::string_view hint = foreign_option_hint(word.substr(0, word.find('=')));
  if (!hint.empty()) return std::move(error).with_hint(std::string(hint));
  std::vector<std::string> names;
  for (const OptionInfo& option : option_table()) names.emplace_back(option.long_name());
  const std::optional<std::string> near = base::nearest(word.substr(0, word.find('=')), names);
  return std::move(error).with_hint(near ? "did you mean `" + *near + "`?"
                                         : "`ensure --help` lists the options");
}

void check_words(const Request& request, UsageErrors& errors) {
  if (request.command == Command::kPythonFind) {
    errors.add_if(request.words.size() != 1, "`ensure python find` takes exactly one SPEC",
                  "for example `ensure python find 3.12`");
  } else if (!request.words.empty()) {
    errors.add("unexpected argument `" + request.words.front() + "`",
               "`ensure --help` lists what can be given");
  }
  const bool takes_target =
      request.command == Command::kInstall || request.command == Command::kList;
  errors.add_if(!takes_target && !request.environments.empty(),
                "`--venv` cannot be given with a command",
                "give `--venv ENV` alone to create an environment");
}

/// As bash leaves it in `--venv=~/env`. A directory `~` in the current one invites `rm -rf ~`.
void check_tildes(const Request& request, UsageErrors& errors) {
  std::vector<base::Path> all = request.environments;
  for (const auto& place : {request.root, request.prefix, request.target}) {
    if (place) all.push_back(*place);
  }
  for (const base::Path& place : all) {
    errors.add_if(place.text() == "~" || place.text().starts_with("~/"),
                  "the shell has not replaced the `~` of `" + place.text() + "`",
                  "write a blank between the option and the path, or the path in full; `./~` is a "
                  "directory of that name");
  }
}

void check_targets(const Request& request, UsageErrors& errors) {
  const bool interpreter_option =
      request.user || request.prefix || request.target || request.altinstall || request.default_pip;
  errors.add_if(!request.environments.empty() && interpreter_option,
                "`--venv` cannot be given with `--user`, `--prefix`, `--target`, `--altinstall` or "
                "`--default-pip`",
                "an environment always has its own pip; give `--venv` alone, or leave it out");
  errors.add_if(
      request.altinstall && request.default_pip,
      "`--altinstall` and `--default-pip` cannot be given together",
      "give `--altinstall` for pip3.X alone, or `--default-pip` for pip, pip3 and pip3.X");
  const int places = (request.user ? 1 : 0) + (request.prefix ? 1 : 0) + (request.target ? 1 : 0);
  errors.add_if(places > 1, "only one of `--user`, `--prefix` and `--target` can be given",
                "choose one place for pip");
  errors.add_if(request.user && request.root.has_value(),
                "`--user` and `--root` cannot be given together",
                "the user's directory is outside of the root; leave one of them out");
  errors.add_if(request.json && request.packages.report == "-",
                "`--json` and `--report -` cannot be given together",
                "each prints a document; write the report to a file");
  errors.add_if(request.packages.exit_code && !request.packages.dry_run,
                "`--exit-code` is given without `--dry-run`", "add `--dry-run`");
  errors.add_if(std::ranges::find(request.packages.removed, specs::PackageName::parse("pip")) !=
                    request.packages.removed.end(),
                "`--remove` cannot remove pip",
                "`--clear --without-pip` creates the environment anew without it");
  errors.add_if(request.clear && request.upgrade,
                "`--clear` and `--upgrade` cannot be given together",
                "give `--clear` to replace the environment, or `--upgrade` to change it");
  errors.add_if(
      !request.root && !request.environments.empty() &&
          (request.python_version || request.python_platform),
      "`--python-version` and `--python-platform` describe a Python that cannot run here, but "
      "an environment needs one that can",
      "choose the interpreter with `--python`, or add `--root DIR` for one of another system");
  errors.add_if(request.root && !request.packages.editables.empty(),
                "`--root` and `-e` cannot be given together",
                "the root cannot see the project's directory; leave out `-e`");
}

void check_missing(const Request& request, UsageErrors& errors) {
  const bool environment_option = request.system_site_packages || request.copies.has_value() ||
                                  request.clear || request.without_pip || request.relocatable ||
                                  request.prompt.has_value() || request.upgrade_deps;
  errors.add_if(request.environments.empty() && environment_option,
                "an option for environments is given, but no environment", "add `--venv ENV`");
  const bool elsewhere =
      request.root || request.prefix || request.target || request.packages.dry_run;
  errors.add_if(request.environments.empty() && !elsewhere &&
                    (request.python_version || request.python_platform),
                "`--python-version` and `--python-platform` describe a Python of another machine, "
                "and no directory for it is given",
                "add `--root`, `--prefix` or `--target`");
}

/// Adds the options that cannot be given together. If the command line was understood so far, also
/// those that lack another option.
void find_contradictions(const Request& request, UsageErrors& errors) {
  const bool is_understood = errors.empty();
  check_tildes(request, errors);
  check_targets(request, errors);
  // Otherwise the missing option may be the one that was not understood.
  if (is_understood) check_missing(request, errors);
}

/// The words of a command, such as "python" and "list".
std::vector<std::string> words_of(const CommandInfo& command) {
  std::vector<std::string> words;
  for (const std::string_view word : base::split(command.name, ' ')) words.emplace_back(word);
  return words;
}

/// The hint for words that look like a misspelt command; nullopt for requirements.
std::optional<std::string> command_hint(const std::vector<std::string>& words) {
  std::vector<std::string> names;
  bool begins_like_one = false;
  for (const CommandInfo& command : command_table()) {
    if (command.name.empty()) continue;
    names.emplace_back(command.name);
    begins_like_one |= words_of(command).front() == words.front();
  }
  const std::string typed = words.size() < 2 ? words.front() : words[0] + ' ' + words[1];
  if (const auto near = base::nearest(typed, names)) return "did you mean `ensure " + *near + "`?";
  if (!begins_like_one) return std::nullopt;
  return "`ensure --help` lists the commands";
}

/// Takes the command at the beginning of the words of `request`.
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

/// Takes the words of `request` as requirements. Throws `Error` (`kUsage`) with the line to type if
/// they are a misspelt command, or a command of another tool or of a later version.
void take_requirements(Request& request, const OptionArguments& arguments) {
  if (request.words.empty()) return;
  if (const std::optional<Error> error = foreign_command(request, arguments)) throw Error(*error);
  if (const std::optional<std::string> hint = command_hint(request.words)) {
    throw Error(ExitCode::kUsage,
                "`" + request.words.front() + "` is neither a command nor an option")
        .with_hint(*hint);
  }
  request.packages.words = std::exchange(request.words, {});
}

/// Settings, variables and the command line, the strongest last.
Request read(const std::vector<Setting>& settings, const OptionArguments& arguments,
             UsageErrors& errors) {
  Request request;
  apply_settings(request, settings, own_settings());
  request.has_default_python = request.python.has_value();
  for (const OptionArguments::Option& option : arguments.options) {
    errors.attempt([&] { option.info->apply(request, option.value); });
  }
  // `take_requirements` handles `-m` of `python -m pip`, together with the words after it.
  const bool is_module = names_module(arguments);
  for (const std::string& word : arguments.unknown) {
    if (!is_module || word != "-m") errors.add(unknown_option(word));
  }
  request.words = arguments.words;
  take_command(request);
  // The words may be values of what was not understood.
  if (request.command == Command::kInstall && errors.empty()) take_requirements(request, arguments);
  return request;
}

/// Adds an error if the request names no target: `ensure` never changes an interpreter only because
/// it is the first on PATH.
void check_target(const Request& request, const OptionArguments& arguments, UsageErrors& errors) {
  if (request.names_target()) return;
  if (request.command == Command::kList) {
    return errors.add("no target is named",
                      "type `ensure list --venv ENV`, or name another target "
                      "with `--python SPEC`, `--root DIR` or `--target DIR`");
  }
  if (request.command != Command::kInstall) return;
  errors.add(request.has_default_python
                 ? "no target is named: ENSURE_PYTHON only chooses the Python of an environment"
                 : "no target is named",
             "type `" + suggested_line(request, arguments, {}, request.packages.words) +
                 "` for an environment, or name another target with `--python SPEC`, `--user`, "
                 "`--root DIR`, `--prefix DIR` or `--target DIR`");
}

/// Whether pip's settings count: the offline job reads none of them.
bool reads_settings(const Request& request) {
  if (request.command == Command::kInstall) return request.wants_packages();
  return names_cache(request.command);
}

/// The environment whose `pip.conf` counts; empty if there is none, or `--clear` removes it.
base::Path environment_of(const Request& request) {
  if (request.environments.empty() || request.clear) return {};
  return request.environments.front();
}

}  // namespace

Request parse_command_line(const std::vector<std::string>& arguments) {
  UsageErrors errors;
  const OptionArguments split = Splitter(arguments, errors).split();
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
  if (std::ranges::find(arguments, "--json") != arguments.end()) return true;
  const char* const variable = std::getenv("ENSURE_JSON");
  try {
    return variable != nullptr && flag_value("--json", variable);
  } catch (const Error&) {
    return false;
  }
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
      "\nExit codes:\n";
  for (const ExitCodeInfo& exit : exit_code_table()) {
    std::string code = std::to_string(static_cast<int>(exit.code));
    code.resize(5, ' ');
    text.append("  ").append(code).append(exit.meaning).append("\n");
  }
  return text;
}

}  // namespace ensure::bootstrap
