#pragma once

#include "bootstrap/cli/usage_errors.h"
#include "bootstrap/request.h"

namespace ensure::bootstrap {

/// Adds the options of `request` that cannot be given together, and, where the command line was
/// understood so far, those that lack another one.
void find_contradictions(const Request& request, UsageErrors& errors);

}  // namespace ensure::bootstrap
