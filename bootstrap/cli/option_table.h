#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "bootstrap/request.h"
#include "installer/base/error.h"

/// The tables of options, commands and exit codes. The command line parser, `--help`, the man page
/// and the shell completions use them.
namespace ensure::bootstrap {

struct OptionInfo {
  std::string_view names;     ///< such as "-q, --quiet"
  std::string_view argument;  ///< the name of the value; empty for a flag
  std::string_view help;      ///< one line, without a full stop
  /// Stores the option in the request. Throws `Error` (`kUsage`) for an invalid value.
  void (*apply)(Request&, const std::string& value);
  /// The heading in `--help`.
  std::string_view group = {};  // NOLINT(readability-redundant-member-init): initializers omit it

  /// The long name, such as "--quiet".
  [[nodiscard]] std::string_view long_name() const;

  /// The environment variable that sets the option, such as "ENSURE_QUIET". The command line
  /// overrides it.
  [[nodiscard]] std::string variable() const;
};

/// The name of an environment variable: "PIP_NO_DEPS" of "PIP_" and "no-deps".
[[nodiscard]] std::string variable_name(std::string_view prefix, std::string_view name);

/// The functions for `OptionInfo::apply`. `Member` belongs to `Request` or to its `packages`.
template <auto Member>
auto& member_of(Request& request) {
  if constexpr (std::is_invocable_v<decltype(Member), Request&>) {
    return request.*Member;
  } else {
    return request.packages.*Member;
  }
}
template <auto Member, bool Value = true>
void set_flag(Request& request, const std::string& /*value*/) {
  member_of<Member>(request) = Value;
}
template <auto Member>
void set_value(Request& request, const std::string& value) {
  member_of<Member>(request) = value;
}
template <auto Member>
void add_value(Request& request, const std::string& value) {
  member_of<Member>(request).push_back(value);
}

struct CommandInfo {
  std::string_view name;      ///< its words, such as "python list"; empty for an installation
  std::string_view synopsis;  ///< the command line after "ensure"
  std::string_view help;
  Command command;
};

struct ExitCodeInfo {
  base::ExitCode code;
  std::string_view meaning;
};

[[nodiscard]] std::span<const OptionInfo> option_table();
[[nodiscard]] std::span<const CommandInfo> command_table();
[[nodiscard]] std::span<const ExitCodeInfo> exit_code_table();

/// The option with a name such as "-q" or "--quiet"; null if no option has it.
[[nodiscard]] const OptionInfo* find_option(std::string_view name);

// Parsers for the values of options. Each throws `Error` (`kUsage`) that names the option.

/// A number of seconds with or without a fraction; at least `minimum` milliseconds.
[[nodiscard]] std::chrono::milliseconds seconds_value(std::string_view option,
                                                      const std::string& value,
                                                      std::int64_t minimum = 0);

/// The value of a flag in a variable or a file, as `distutils.util.strtobool` reads it.
[[nodiscard]] bool flag_value(std::string_view option, const std::string& value);

/// A number from `minimum` to 1000.
[[nodiscard]] std::size_t count_value(std::string_view option, const std::string& value,
                                      std::size_t minimum = 0);

/// The end of a date (in UTC), or a timestamp (RFC 3339), in microseconds since 1970.
[[nodiscard]] std::int64_t time_value(std::string_view option, const std::string& value);

/// The index of `value` in `choices`, which are separated by blanks.
[[nodiscard]] std::size_t choice_value(std::string_view option, const std::string& value,
                                       std::string_view choices);

}  // namespace ensure::bootstrap
