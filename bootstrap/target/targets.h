#pragma once

#include "bootstrap/request.h"
#include "bootstrap/result.h"
#include "bootstrap/target/install_target.h"
#include "bundled/payload/bundle.h"
#include "installer/base/progress.h"

namespace ensure::bootstrap {

/// Creates or changes the environments of the request, all of them or none. Throws `Error`; then
/// every environment is as it was.
[[nodiscard]] Result make_environments(const Request& request, const bundled::Bundle& bundle,
                                       base::Progress& progress);

/// Installs pip and packages into an interpreter, as ensurepip does. Throws `Error`; then nothing
/// has changed.
[[nodiscard]] Result install_into_interpreter(const Request& request, const InstallTarget& target,
                                              const bundled::Bundle& bundle,
                                              base::Progress& progress);

}  // namespace ensure::bootstrap
