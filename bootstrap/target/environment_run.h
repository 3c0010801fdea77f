#pragma once

#include "bootstrap/request.h"
#include "bootstrap/result.h"
#include "bundled/payload/bundle.h"
#include "installer/base/progress.h"

namespace ensure::bootstrap {

/// Creates or changes the environments of the request, all of them or none. Throws `Error`; then
/// every environment is as it was.
[[nodiscard]] Result make_environments(const Request& request, const bundled::Bundle& bundle,
                                       base::Progress& progress);

}  // namespace ensure::bootstrap
