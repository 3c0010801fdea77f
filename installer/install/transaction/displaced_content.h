#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "installer/base/path.h"
#include "installer/install/transaction/target_tree.h"

namespace ensure::install {

/// Finds a file in the moved entry `displaced` that was created or changed after `begin`
/// (nanoseconds since 1970, by the clock of the file system). Returns its path, which begins with
/// `name`, the former name of the entry; nullopt if there is none. Ignores bytecode that Python
/// writes when it imports a module.
///
/// For a file with one name the change time (ctime) counts, which programs cannot set; for a file
/// with several names the modification time, because a new link elsewhere changes the ctime.
[[nodiscard]] std::optional<base::Path> changed_since(const OpenEntry& displaced,
                                                      const base::Path& name, std::int64_t begin);

}  // namespace ensure::install
