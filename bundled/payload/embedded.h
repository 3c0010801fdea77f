#pragma once

#include <string_view>

namespace ensure::bundled {

/// The payload that was embedded into this executable, for `Bundle`. Only programs that link the
/// target `ensure_cargo` have one.
[[nodiscard]] std::string_view embedded_payload();

}  // namespace ensure::bundled
