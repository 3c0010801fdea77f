#pragma once

#include "bootstrap/cli/option_arguments.h"
#include "bootstrap/request.h"

namespace ensure::bootstrap {

/// Takes the command that the words of `request` begin with; the words behind it are left.
void take_command(Request& request);

/// Takes the words of `request` as requirements. If they are a misspelt command, or a command of
/// another tool or of a later version, throws `Error` (`kUsage`) with the line to type. `arguments`
/// is the command line that the words come from.
void take_requirements(Request& request, const OptionArguments& arguments);

}  // namespace ensure::bootstrap
