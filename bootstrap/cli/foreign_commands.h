#pragma once

#include <optional>

#include "bootstrap/cli/option_arguments.h"
#include "bootstrap/request.h"
#include "installer/base/error.h"

namespace ensure::bootstrap {

/// The usage error for words that begin with a command of another tool (`pip install x`, `sync`,
/// `-m venv x`) or of a later version (`lock`); its hint is the line to type. Nullopt for
/// requirements.
///
/// A project with such a name is required with a version specifier: `install>=0`. Names of tools
/// (`pip`, `uv`) count only if a command of that tool follows, because they are projects, too.
[[nodiscard]] std::optional<base::Error> foreign_command(const Request& request,
                                                         const OptionArguments& arguments);

/// Whether the command line contains `-m MODULE`, as `python` takes it: `-m pip`, `-m venv`.
[[nodiscard]] bool names_module(const OptionArguments& arguments);

}  // namespace ensure::bootstrap
