#pragma once

#include <vector>

#include "installer/base/path.h"
#include "installer/install/installed/distribution.h"

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

}  // namespace ensure::install
