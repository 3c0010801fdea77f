#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// The platform tags that a system can use, most specific first.
namespace ensure::specs {

/// Of a Linux with glibc 2.`minor` (PEP 600, with the older names of PEP 513, 571 and 599).
/// `architecture` is that of the interpreter: "x86_64", "i686", "aarch64", "armv7l" and so on.
[[nodiscard]] std::vector<std::string> manylinux_platforms(std::uint32_t glibc_minor,
                                                           std::string_view architecture);

/// Of a Linux with musl (PEP 656).
[[nodiscard]] std::vector<std::string> musllinux_platforms(std::uint32_t major, std::uint32_t minor,
                                                           std::string_view architecture);

/// Of a macOS on "x86_64" or "arm64".
[[nodiscard]] std::vector<std::string> macos_platforms(std::uint32_t major, std::uint32_t minor,
                                                       std::string_view architecture);

/// Of any other system, by what `sysconfig.get_platform()` says there: "win-amd64".
[[nodiscard]] std::vector<std::string> other_platforms(std::string_view platform);

}  // namespace ensure::specs
