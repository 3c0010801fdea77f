#pragma once

#include "bootstrap/request.h"

namespace ensure::bootstrap {

/// Takes the command that the words of `request` begin with; the words behind it are left.
void take_command(Request& request);

/// Takes the words as requirements. Throws `Error` (`kUsage`) where they are a misspelt command, or
/// one of other versions or other programs: nobody who types it means the project of that name.
void take_requirements(Request& request);

}  // namespace ensure::bootstrap
