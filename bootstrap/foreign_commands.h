#pragma once

#include <optional>

#include "bootstrap/option_arguments.h"
#include "bootstrap/request.h"
#include "installer/base/error.h"

namespace ensure::bootstrap {

/// The usage error for words that begin with a command of another tool (`pip install x`, `sync`,
/// `-m venv x`) or of a later version (`lock`); its hint is the line to type. None for
/// requirements.
///
/// A project that has such a name is required with a version specifier: `install>=0`. Names of
/// tools
/// (`pip`, `uv`) count only where a command of that tool follows, as people do require these.
[[nodiscard]] std::optional<base::Error> foreign_command(const Request& request,
                                                         const OptionArguments& arguments);

/// Whether `-m` and a module are given as to `python`: `-m pip`, `-m venv`.
[[nodiscard]] bool names_module(const OptionArguments& arguments);

}  // namespace ensure::bootstrap
