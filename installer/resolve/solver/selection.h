#pragma once

#include <optional>
#include <vector>

#include "installer/resolve/problem.h"
#include "installer/resolve/resolve.h"
#include "installer/resolve/solver/expansion.h"
#include "installer/resolve/solver/packages.h"
#include "installer/specs/versions/version.h"

namespace ensure::resolve {

/// Makes the resolution of what was decided: every project that the requirements lead to in the
/// chosen version (`chosen`, by package), with what led there.
[[nodiscard]] Resolution select(const Problem& problem, Packages& packages,
                                const Expansion& expansion,
                                const std::vector<std::optional<specs::Version>>& chosen,
                                const Effort& effort);

}  // namespace ensure::resolve
