#pragma once

#include "bootstrap/request.h"

namespace ensure::bootstrap {

/// Runs one command line and reports the result. Throws `Error`; then the targets are unchanged.
void run_session(const Request& request);

}  // namespace ensure::bootstrap
