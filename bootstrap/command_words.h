#pragma once

#include "bootstrap/option_arguments.h"
#include "bootstrap/request.h"

namespace ensure::bootstrap {

/// Takes the command that the words of `request` begin with; the words behind it are left.
void take_command(Request& request);

/// Takes the words as requirements. Throws `Error` (`kUsage`) with the line to type where they are
/// a misspelt command, or one of another tool or of a later version. `arguments` are those that the
/// words come from.
void take_requirements(Request& request, const OptionArguments& arguments);

}  // namespace ensure::bootstrap
