#pragma once

#include <filesystem>
#include <vector>

#include "installer/base/files.h"
#include "installer/install/target_tree.h"

namespace ensure::install {

/// The files and links in the directory of packages `library` that its user has put there: no
/// RECORD lists them, and they are neither bytecode nor metadata, nor the hook that virtualenv and
/// uv install. Paths are relative to `library` and sorted; none where there is no such directory.
[[nodiscard]] std::vector<fs::path> unowned_library_files(TargetTree& tree,
                                                          const fs::path& library);

/// Gives these files of `library` a second name below the staged directory `staged`, or copies them
/// where the file system has no hard links. Files that are staged already stay.
void stage_library_files(TargetTree& tree, const fs::path& library,
                         const std::vector<fs::path>& files, const base::Directory& staged);

}  // namespace ensure::install
