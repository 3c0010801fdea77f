#pragma once

#include "bootstrap/request.h"

namespace ensure::bootstrap {

/// Does what the command line asks for, from beginning to end, and tells what was done. Throws
/// `Error` where it cannot be done; the targets then are as they were.
void run_session(const Request& request);

}  // namespace ensure::bootstrap
