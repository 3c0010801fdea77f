#pragma once

#include "installer/install/installed/distribution.h"
#include "installer/wheel/wheel_source.h"

namespace ensure::install {

/// Whether what is installed was installed from a wheel with the same modules and the same
/// metadata, by the digests that both RECORDs list. Files of the `.data` directory are not
/// compared, as installing changes some of them.
[[nodiscard]] bool has_content_of(const Distribution& installed, const wheel::WheelSource& wheel);

}  // namespace ensure::install
