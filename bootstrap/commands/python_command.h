#pragma once

#include "bootstrap/request.h"

namespace ensure::bootstrap {

/// `ensure python list`: every real interpreter of this machine once, on stdout.
void list_pythons(const Request& request);

/// `ensure python find SPEC`: the path of the interpreter on stdout. Throws `Error`
/// (`kInterpreter`) where there is none.
void find_python(const Request& request);

}  // namespace ensure::bootstrap
