#pragma once

#include "bootstrap/request.h"
#include "bootstrap/result.h"
#include "bundled/payload/bundle.h"
#include "installer/base/progress.h"

namespace ensure::bootstrap {

/// Brings the environments that the request names to what it asks for, all of them or none.
/// Throws `Error`; every environment is as it was then.
[[nodiscard]] Result make_environments(const Request& request, const bundled::Bundle& bundle,
                                       base::Progress& progress);

}  // namespace ensure::bootstrap
