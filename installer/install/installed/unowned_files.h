#pragma once

#include <vector>

#include "installer/base/directory.h"
#include "installer/base/path.h"
#include "installer/install/installed/distribution.h"
#include "installer/install/transaction/target_tree.h"

namespace ensure::install {

/// A staged directory, and the directory of the target that it will be merged into.
struct StagedTree {
  base::Path staged;
  base::Path destination;
};

/// The files of a target that a change may replace.
struct ReplaceableFiles {
  /// The files that their RECORDs list, with their bytecode. Distributions that the change removes
  /// come first, because the others then need rarely be read.
  std::vector<Distribution> distributions;
  /// Further files, and directories with their whole content.
  std::vector<base::Path> paths;
};

/// The files of the target that the merge of `trees` would replace although no package owns them:
/// they are not in `replaceable`, not bytecode of a staged module, and differ from the staged file.
/// Reads only files that exist on both sides.
[[nodiscard]] std::vector<base::Path> find_unowned_files(const std::vector<StagedTree>& trees,
                                                         const ReplaceableFiles& replaceable);

/// Throws `Error` (`kFileSystem`) with the names of the first such files, if there are any.
void refuse_unowned_files(const std::vector<StagedTree>& trees,
                          const ReplaceableFiles& replaceable);

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
