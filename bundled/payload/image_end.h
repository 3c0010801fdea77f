#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace ensure::bundled {

/// Where the image of an executable ends, so that other bytes can follow it: the end of its last
/// segment, section or table of headers, or of the file if a header lies outside of it. Nullopt if
/// `file` is not an ELF file of this machine's word size.
[[nodiscard]] std::optional<std::uint64_t> image_end(std::string_view file);

}  // namespace ensure::bundled
