#pragma once

#include <vector>

#include "installer/base/files.h"
#include "installer/base/path.h"
#include "installer/install/transaction/target_tree.h"

namespace ensure::install {

/// The files and links that the user has put into the directory of packages `library`: no RECORD
/// lists them, and they are neither bytecode nor metadata, nor the hook that virtualenv and uv
/// install. Paths are relative to `library` and sorted; empty if the directory does not exist.
[[nodiscard]] std::vector<base::Path> unowned_library_files(TargetTree& tree,
                                                            const base::Path& library);

/// Creates hard links to these files of `library` below the staged directory `staged`, or copies if
/// the file system has no hard links. Keeps files that are already staged.
void stage_library_files(TargetTree& tree, const base::Path& library,
                         const std::vector<base::Path>& files, const base::Directory& staged);

}  // namespace ensure::install
