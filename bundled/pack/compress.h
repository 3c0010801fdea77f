#pragma once

#include <string>
#include <string_view>

namespace ensure::bundled {

/// One Zstandard frame of `content`, stored as the difference to `base` unless that is empty.
/// `level` is Zstandard's, 1 to 22.
[[nodiscard]] std::string compress(std::string_view content, std::string_view base, int level);

}  // namespace ensure::bundled
