#pragma once

#include <string_view>

#include "installer/base/error.h"

namespace ensure::bundled {

/// The error for a bundle that is not as it was packed; `detail` says what is wrong, such as
/// "its listing does not have the digest it should have".
[[nodiscard]] base::Error damaged_bundle(std::string_view detail);

}  // namespace ensure::bundled
