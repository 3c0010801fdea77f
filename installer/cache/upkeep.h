#pragma once

#include <chrono>

#include "installer/cache/amount.h"
#include "installer/cache/cache_directory.h"

/// What is done with a cache as a whole. All throw `Error` (`kFileSystem`) where the folder cannot
/// be read or changed, and return what there is or what has been removed.
namespace ensure::cache {

[[nodiscard]] Amount amount_in(const fs::path& cache);

/// Removes what was not used for `unused`, what other versions of this program have kept, and
/// what killed processes have left for more than a day.
Amount prune(const fs::path& cache, std::chrono::hours unused);

/// Removes everything that this program has put there, and nothing else.
Amount clean(const fs::path& cache);

}  // namespace ensure::cache
