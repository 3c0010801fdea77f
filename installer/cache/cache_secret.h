#pragma once

#include <optional>
#include <string>

#include "installer/cache/cache_directory.h"

namespace ensure::cache {

/// 32 random bytes that only the owner of this cache can read, created by the first call and stored
/// in the bucket of pages; nullopt if the cache cannot store them.
[[nodiscard]] std::optional<std::string> cache_secret(const Folder& folder);

}  // namespace ensure::cache
