#pragma once

#include <span>
#include <string>
#include <string_view>

#include "bootstrap/request.h"

/// The one table of options and commands: the command line, `--help`, the man page and the shell
/// completions are all made from it.
namespace ensure::bootstrap {

struct OptionInfo {
  std::string_view group;
  std::string_view names;     ///< as shown, such as "-q, --quiet"
  std::string_view argument;  ///< the name of its value; empty for a flag
  std::string_view help;      ///< one line, without a full stop
  /// Stores the option in the request. Throws `Error` (`kUsage`) for an invalid value.
  void (*apply)(Request&, const std::string& value);

  /// The long name, such as "--quiet".
  [[nodiscard]] std::string_view long_name() const;

  /// The environment variable with the same meaning, such as "ENSURE_QUIET"; the command line
  /// is stronger.
  [[nodiscard]] std::string variable() const;
};

struct CommandInfo {
  std::string_view name;      ///< its words, such as "python list"; empty for the main job
  std::string_view synopsis;  ///< what follows the program's name
  std::string_view help;
  Command command;
};

[[nodiscard]] std::span<const OptionInfo> option_table();
[[nodiscard]] std::span<const CommandInfo> command_table();

}  // namespace ensure::bootstrap
