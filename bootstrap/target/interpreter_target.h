#pragma once

#include "bootstrap/request.h"
#include "bootstrap/result.h"
#include "bundled/payload/bundle.h"
#include "installer/base/progress.h"

namespace ensure::bootstrap {

/// Puts pip into an interpreter, as ensurepip does: its own folders, the user's, or those below
/// `--root`, `--prefix` or `--target`. Throws `Error`; nothing has been changed then.
[[nodiscard]] Result install_into_interpreter(const Request& request, const bundled::Bundle& bundle,
                                      base::Progress& progress);

}  // namespace ensure::bootstrap
