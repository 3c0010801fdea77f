#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "installer/install/target_tree.h"

namespace ensure::install {

/// The first file in what was moved out of the way that somebody has created or changed after
/// `begin` (nanoseconds since 1970, by the clock of the file system), as a path that begins with
/// `name`, which the entry had. Bytecode that Python writes when it imports a module does not
/// count.
///
/// A file with one name is judged by its change time, which nobody can set back; one with several
/// by the time of its content, because a new link elsewhere changes the former.
[[nodiscard]] std::optional<std::filesystem::path> changed_since(const OpenEntry& displaced,
                                                                 const std::filesystem::path& name,
                                                                 std::int64_t begin);

}  // namespace ensure::install
