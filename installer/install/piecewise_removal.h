#pragma once

#include <vector>

#include "installer/install/change_steps.h"

namespace ensure::install {

/// The changes that remove a directory entry by entry, for file systems that cannot rename it as a
/// whole (overlayfs, where it comes from a lower layer). Creates the directories for what is moved
/// out of the way.
[[nodiscard]] std::vector<Change> piecewise_removal(const ChangeSteps& steps, const Change& change);

}  // namespace ensure::install
