#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bootstrap/cli/command_line.h"
#include "installer/base/error.h"
#include "installer/base/path.h"

namespace ensure::bootstrap {

/// The command line to type instead, for hints: `added`, the options of `arguments`, and `words`,
/// quoted for a shell. If `request` names no target, `--venv ENV` comes first. Passwords in URLs
/// are hidden. If the line is too long for a message, it is a short example instead.
[[nodiscard]] std::string suggested_line(const Request& request, const OptionArguments& arguments,
                                         const std::vector<std::string>& added,
                                         const std::vector<std::string>& words);

/// The command that runs the pip of the target of `request`, for hints: "env/bin/pip". `python` is
/// the interpreter if the target is not an environment; empty if it does not run here.
[[nodiscard]] std::string pip_command(const Request& request, const base::Path& python);

/// The usage error for words that begin with a command of another tool (`pip install x`, `sync`,
/// `-m venv x`) or of a later version (`lock`); its hint is the line to type. Nullopt for
/// requirements.
///
/// A project with such a name is required with a version specifier: `install>=0`. Names of tools
/// (`pip`, `uv`) count only if a command of that tool follows, because they are projects, too.
[[nodiscard]] std::optional<base::Error> foreign_command(const Request& request,
                                                         const OptionArguments& arguments);

/// The hint for an option of pip, uv, venv or virtualenv; it names our own option for the same
/// purpose, if there is one. Empty for other names.
[[nodiscard]] std::string_view foreign_option_hint(std::string_view name);

/// Whether the command line contains `-m MODULE`, as `python` takes it: `-m pip`, `-m venv`.
[[nodiscard]] bool names_module(const OptionArguments& arguments);

}  // namespace ensure::bootstrap
