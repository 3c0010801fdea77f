#pragma once

#include <filesystem>
#include <vector>

#include "installer/install/distribution.h"

namespace ensure::install {

/// A staged directory and the one of the target that it will be merged into.
struct StagedTree {
  std::filesystem::path staged;
  std::filesystem::path destination;
};

/// The files of a target that a change may replace.
struct ReplaceableFiles {
  /// What their RECORDs list, with its bytecode. Those that the change removes come first, so that
  /// the others are rarely read.
  std::vector<Distribution> distributions;
  /// Further files, and directories with all that is in them.
  std::vector<std::filesystem::path> paths;
};

/// The files of the target that the merge of `trees` would replace and that are somebody's own: not
/// in `replaceable`, not bytecode of a staged module, and different from what is staged. Reads only
/// where both sides have a file.
[[nodiscard]] std::vector<std::filesystem::path> find_unowned_files(
    const std::vector<StagedTree>& trees, const ReplaceableFiles& replaceable);

/// Throws `Error` (`kFileSystem`) that names the first of them where there are any.
void refuse_unowned_files(const std::vector<StagedTree>& trees,
                          const ReplaceableFiles& replaceable);

}  // namespace ensure::install
