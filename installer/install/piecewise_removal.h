#pragma once

#include <vector>

#include "installer/install/journal.h"

namespace ensure::install {

/// The changes that together move the folder `destination` of `change` to its backup, for a folder
/// that cannot be renamed itself: overlayfs, on which containers run, refuses that (EXDEV) for a
/// folder of a lower layer, but lets the files in it be renamed. Each entry is moved by a change
/// of its own, then the empty folder is removed.
///
/// Creates the folders of the backup, with the modes and owners that undoing restores; nothing
/// else is changed yet. The backup is not where `change` has it but beside, so that `change`
/// itself can follow when it places something at the destination.
[[nodiscard]] std::vector<Change> piecewise_removal(const Change& change);

}  // namespace ensure::install
