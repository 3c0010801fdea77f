#pragma once

#include "bootstrap/request.h"
#include "installer/base/path.h"

namespace ensure::bootstrap {

/// The cache directory: `--cache-dir`, else `ensure` below XDG_CACHE_HOME or `~/.cache`. Empty with
/// `--no-cache`, or if no home directory is known.
[[nodiscard]] base::Path cache_directory(const PackageRequest& request);

/// `ensure cache dir|size|prune|clean`.
void run_cache_command(const Request& request);

/// `ensure python list`: prints every interpreter of this machine once.
void list_pythons(const Request& request);

/// `ensure python find SPEC`: prints the path of the interpreter. Throws `Error` (`kInterpreter`)
/// if no interpreter fits.
void find_python(const Request& request);

}  // namespace ensure::bootstrap
