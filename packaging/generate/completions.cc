#include "packaging/generate/completions.h"

#include <set>

#include "packaging/generate/described_option.h"

namespace ensure::generate {

namespace {

/// In single quotes; every shell ends and reopens them around a quote of its own.
std::string in_quotes(const std::string& text) {
  return "'" + replace_all(text, "'", "'\\''") + "'";
}

/// The names of all options with a value of the kind `value`, as a `case` pattern.
std::string case_pattern(const std::vector<DescribedOption>& options, Value value) {
  std::string pattern;
  for (const DescribedOption& option : options) {
    if (option.value != value) continue;
    for (const std::string& name : option.names) pattern += (pattern.empty() ? "" : "|") + name;
  }
  return pattern;
}

std::string bash_case(const std::vector<DescribedOption>& options, Value value,
                      const std::string& action) {
  const std::string pattern = case_pattern(options, value);
  return pattern.empty() ? "" : "    " + pattern + ")\n      " + action + "\n      return ;;\n";
}

std::set<std::string> first_words() {
  std::set<std::string> words;
  for (const DescribedCommand& command : described_commands()) words.insert(command.word);
  return words;
}

std::string joined(const std::set<std::string>& words) {
  std::string list;
  for (const std::string& word : words) list += (list.empty() ? "" : " ") + word;
  return list;
}

std::string subwords(const std::string& word) {
  std::string list;
  for (const DescribedCommand& command : described_commands()) {
    if (command.word == word && !command.subword.empty()) {
      list += (list.empty() ? "" : " ") + command.subword;
    }
  }
  return list;
}

/// The action of `_arguments` for a value.
std::string zsh_action(Value value) {
  switch (value) {
    case Value::kDirectory:
      return "_files -/";
    case Value::kFile:
      return "_files";
    case Value::kPython:
      return "_path_commands";
    case Value::kNone:
    case Value::kFreeText:
      break;
  }
  return " ";
}

/// Brackets and colons end the parts of a specification of `_arguments`.
std::string zsh_escaped(const std::string& text) {
  std::string escaped = replace_all(text, "\\", "\\\\");
  for (const char* special : {"[", "]", ":"}) {
    escaped = replace_all(escaped, special, std::string("\\") + special);
  }
  return escaped;
}

/// One argument of `_arguments`; the star allows the option several times.
std::string zsh_specification(const DescribedOption& option, const std::string& name) {
  const std::string help = "[" + zsh_escaped(option.help) + "]";
  if (option.value == Value::kNone) return "*" + name + help;
  const char* separator = name.starts_with("--") ? "=" : "";
  return "*" + name + separator + help + ":" + option.argument + ":" + zsh_action(option.value);
}

std::string fish_quotes(const std::string& text) {
  return "'" + replace_all(replace_all(text, "\\", "\\\\"), "'", "\\'") + "'";
}

std::string fish_value(Value value) {
  switch (value) {
    case Value::kDirectory:
      return " -x -a '(__fish_complete_directories)'";
    case Value::kFile:
      return " -r -F";
    case Value::kPython:
    case Value::kFreeText:
      return " -x";
    case Value::kNone:
      break;
  }
  return "";
}

}  // namespace

std::string bash_completion() {
  const std::vector<DescribedOption> options = described_options();
  std::string names;
  for (const DescribedOption& option : options) {
    for (const std::string& name : option.names) names += (names.empty() ? "" : " ") + name;
  }
  std::string script = R"(# bash completion for ensure
_ensure() {
  local word=$2 before=$3
  COMPREPLY=()
  case $before in
)";
  script += bash_case(options, Value::kDirectory,
                      "mapfile -t COMPREPLY < <(compgen -A directory -- \"$word\")");
  script +=
      bash_case(options, Value::kFile, "mapfile -t COMPREPLY < <(compgen -A file -- \"$word\")");
  script += bash_case(options, Value::kPython,
                      "mapfile -t COMPREPLY < <(compgen -A command -- \"${word:-python}\")");
  script += bash_case(options, Value::kFreeText, ":");
  script += "  esac\n  local words='" + names + "'\n";
  script += "  if [[ $COMP_CWORD -eq 1 ]]; then words+=' " + joined(first_words()) + "'; fi\n";
  for (const std::string& word : first_words()) {
    script += "  if [[ $COMP_CWORD -eq 2 && $before == " + word + " ]]; then words='" +
              subwords(word) + "'; fi\n";
  }
  script += R"(  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -o filenames -F _ensure ensure
)";
  return script;
}

std::string zsh_completion() {
  std::string script = "#compdef ensure\n_arguments -s \\\n";
  for (const DescribedOption& option : described_options()) {
    for (const std::string& name : option.names) {
      script += "  " + in_quotes(zsh_specification(option, name)) + " \\\n";
    }
  }
  script += "  '1:command:(" + joined(first_words()) + ")' \\\n";
  std::string choices;
  for (const DescribedCommand& command : described_commands()) {
    if (!command.subword.empty()) choices += (choices.empty() ? "" : " ") + command.subword;
  }
  return script + "  '2:subcommand:(" + choices + ")' \\\n  '*: : '\n";
}

std::string fish_completion() {
  std::string script = "# fish completion for ensure\ncomplete -c ensure -f\n";
  for (const DescribedOption& option : described_options()) {
    script += "complete -c ensure";
    for (const std::string& name : option.names) {
      const bool is_long = name.starts_with("--");
      script += is_long ? " -l " + name.substr(2) : " -s " + name.substr(1);
    }
    script += fish_value(option.value) + " -d " + fish_quotes(option.help) + "\n";
  }
  for (const std::string& word : first_words()) {
    script += "complete -c ensure -n __fish_use_subcommand -a " + word + "\n";
  }
  for (const DescribedCommand& command : described_commands()) {
    if (command.subword.empty()) continue;
    script += "complete -c ensure -n '__fish_seen_subcommand_from " + command.word + "' -a " +
              command.subword + " -d " + fish_quotes(command.help) + "\n";
  }
  return script;
}

}  // namespace ensure::generate
