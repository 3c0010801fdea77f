#pragma once

#include <vector>

#include "installer/install/transaction/change_steps.h"

namespace ensure::install {

/// The changes that remove the directory of `change` entry by entry, for file systems that cannot
/// rename it as a whole (overlayfs, if it comes from a lower layer). Creates the directories below
/// `old` that the entries are moved to. Throws `FileError`.
[[nodiscard]] std::vector<Change> piecewise_removal(const ChangeSteps& steps, const Change& change);

}  // namespace ensure::install
