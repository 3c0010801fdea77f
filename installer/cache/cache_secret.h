#pragma once

#include <optional>
#include <string>

#include "installer/cache/folder.h"

namespace ensure::cache {

/// Random bytes that only the owner of this cache can read, made when they are asked for first;
/// none where there can be no such file. They are beside the pages that they belong to.
[[nodiscard]] std::optional<std::string> cache_secret(const Folder& folder);

}  // namespace ensure::cache
