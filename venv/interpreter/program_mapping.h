#pragma once

#include <optional>

#include "installer/base/files.h"
#include "installer/base/path.h"

namespace ensure::venv {

/// Maps a file as the loader maps programs, for reading and execution. Returns nullopt where that
/// is not possible; `errno` says why. The system refuses it for a file that may not be executed:
/// one on a file system mounted with `noexec`, or one that a security policy protects.
[[nodiscard]] std::optional<base::FileMapping> try_map_program(const base::Path& path);

}  // namespace ensure::venv
