#pragma once

#include "bootstrap/request.h"
#include "installer/base/path.h"

namespace ensure::bootstrap {

/// The folder of the cache: `--cache-dir`, else the one of this program below XDG_CACHE_HOME or
/// `~/.cache`; empty where there is no home, or with `--no-cache`.
[[nodiscard]] base::Path cache_folder(const PackageRequest& request);

/// `ensure cache dir|size|prune|clean`.
void run_cache_command(const Request& request);

}  // namespace ensure::bootstrap
