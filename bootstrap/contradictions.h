#pragma once

#include "bootstrap/request.h"
#include "bootstrap/usage_errors.h"

namespace ensure::bootstrap {

/// Adds the options of `request` that cannot be given together, and, where the command line was
/// understood so far, those that lack another one.
void find_contradictions(const Request& request, UsageErrors& errors);

}  // namespace ensure::bootstrap
