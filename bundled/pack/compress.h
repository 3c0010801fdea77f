#pragma once

#include <string>
#include <string_view>

namespace ensure::bundled {

/// `content` as an LZ4 block, in the smallest form.
[[nodiscard]] std::string compress(std::string_view content);

/// One Zstandard frame of `content`, stored as the difference to `base`. `level` is Zstandard's, 1
/// to 22.
[[nodiscard]] std::string compress_difference(std::string_view content, std::string_view base,
                                              int level);

}  // namespace ensure::bundled
