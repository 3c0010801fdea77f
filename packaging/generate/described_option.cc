#include "packaging/generate/described_option.h"

#include <cstddef>

namespace ensure::generate {

namespace {

/// The table names each value by its kind.
Value kind_of(std::string_view argument) {
  if (argument.empty()) return Value::kNone;
  if (argument == "ENV" || argument == "DIR") return Value::kDirectory;
  if (argument == "FILE") return Value::kFile;
  if (argument == "SPEC") return Value::kPython;
  return Value::kFreeText;
}

std::vector<std::string> split_names(std::string_view names) {
  std::vector<std::string> parts;
  while (!names.empty()) {
    const std::size_t end = names.find(", ");
    parts.emplace_back(names.substr(0, end));
    names = end == std::string_view::npos ? "" : names.substr(end + 2);
  }
  return parts;
}

}  // namespace

std::vector<DescribedOption> described_options() {
  std::vector<DescribedOption> options;
  for (const bootstrap::OptionInfo& option : bootstrap::option_table()) {
    options.push_back({split_names(option.names), kind_of(option.argument),
                       std::string(option.argument), replace_all(option.help, "`", "")});
  }
  return options;
}

std::vector<DescribedCommand> described_commands() {
  std::vector<DescribedCommand> commands;
  for (const bootstrap::CommandInfo& command : bootstrap::command_table()) {
    if (command.name.empty()) continue;
    const std::size_t space = command.name.find(' ');
    const std::string_view subword =
        space == std::string_view::npos ? "" : command.name.substr(space + 1);
    commands.push_back({std::string(command.name.substr(0, space)), std::string(subword),
                        replace_all(command.help, "`", "")});
  }
  return commands;
}

std::string replace_all(std::string_view text, std::string_view from, std::string_view to) {
  std::string result;
  for (;;) {
    const std::size_t found = text.find(from);
    result += text.substr(0, found);
    if (found == std::string_view::npos) return result;
    result += to;
    text.remove_prefix(found + from.size());
  }
}

}  // namespace ensure::generate
