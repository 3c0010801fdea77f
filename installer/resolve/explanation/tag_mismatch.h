#pragma once

#include <vector>

#include "installer/resolve/provider.h"
#include "installer/specs/tags/tag_set.h"
#include "installer/specs/tags/tags.h"

namespace ensure::resolve {

/// Says that none of the wheels of a version fits: which tags they have (`offered`, not empty), and
/// which one of `wanted` comes nearest.
[[nodiscard]] Unavailable tag_mismatch(const std::vector<specs::Tag>& offered,
                                       const specs::TagSet& wanted);

}  // namespace ensure::resolve
